"""The gabinetes' manual: what each rule of an agenda does, as a page and as a document."""
