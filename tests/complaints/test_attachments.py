"""Photos: whatever is sent, only pixels that we encoded ourselves are kept."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from canais_app.complaints import attachments
from canais_app.kit.errors import InvalidError

SCRIPT = b"<script>alert(document.domain)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">' + SCRIPT + b"</svg>"
JPEG_START, JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"


def encode(kind: str, size: tuple[int, int] = (64, 48), mode: str = "RGB", **more: object) -> bytes:
    out = BytesIO()
    Image.new(mode, size).save(out, kind, **more)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    crc = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)


def png(width: int, height: int, rows: bytes, *more: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(rows, 9))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + body + chunk(b"IEND", b"")


def with_exif() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "Maria das Dores <script>"
    exif[0x0110] = "Aparelho da Maria"
    exif.get_ifd(0x8825)[2] = (11.0, 51.0, 50.0)
    return encode("JPEG", exif=exif, comment=SCRIPT)


def animated(kind: str) -> bytes:
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "green", "blue")]
    out = BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=50)
    return out.getvalue()


def webp_claiming(width: int, height: int) -> bytes:
    flags = struct.pack("<I", 0)
    size = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    vp8x = b"VP8X" + struct.pack("<I", 10) + flags + size
    return b"RIFF" + struct.pack("<I", len(vp8x) + 4) + b"WEBP" + vp8x


def jpeg_claiming(width: int, height: int) -> bytes:
    sent = bytearray(encode("JPEG"))
    at = sent.index(b"\xff\xc0")
    sent[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(sent)


def jpeg_of_many_scans() -> bytes:
    """A progressive JPEG whose last scan, some bytes long, comes again and again."""
    sent = encode("JPEG", (4000, 4000), progressive=True)
    last = sent[sent.rindex(b"\xff\xda") : -2]
    return sent[:-2] + last * (4_000_000 // len(last)) + JPEG_END


def pictures_in_one() -> bytes:
    """An MPO: a JPEG with a second one behind it, which has its own metadata."""
    out = BytesIO()
    second = Image.open(BytesIO(with_exif()))
    Image.new("RGB", (40, 40)).save(out, "MPO", save_all=True, append_images=[second])
    return out.getvalue()


def box_file(brand: bytes) -> bytes:
    """The start of a file of ISO media boxes, as phones make them."""
    kind = b"ftyp" + brand + b"\x00" * 4 + b"mif1" + brand
    return struct.pack(">I", len(kind) + 4) + kind + b"\x00\x00\x00\x10mdat" + SCRIPT


TEXT_BOMB = chunk(b"zTXt", b"a\x00\x00" + zlib.compress(b"a" * 300_000_000, 9))
PROFILE_BOMB = chunk(b"iCCP", b"a\x00\x00" + zlib.compress(b"\x00" * 100_000_000, 9))
REFUSED = {
    "empty": b"",
    "svg with script": SVG,
    "xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>' + SVG,
    "html": b"<!doctype html>" + SCRIPT,
    "html named as a photo": b"<html><body>" + SCRIPT + b"</body></html>.jpg",
    "pdf": b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj",
    "zip": b"PK\x03\x04" + b"\x00" * 60,
    "windows program": b"MZ" + b"\x00" * 200,
    "linux program": b"\x7fELF" + b"\x00" * 200,
    "shell": b"#!/bin/sh\nrm -rf /\n",
    "gif": encode("GIF"),
    "animated gif with script": animated("GIF") + SCRIPT,
    "bitmap": encode("BMP"),
    "tiff": encode("TIFF"),
    "icon": encode("ICO"),
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n(x) run\n",
    "start of a jpeg": JPEG_START,
    "jpeg head then script": JPEG_START + SCRIPT * 20,
    "png head then script": b"\x89PNG\r\n\x1a\n" + SCRIPT * 20,
    "truncated jpeg": encode("JPEG", (800, 600))[:700],
    "truncated png": encode("PNG", (800, 600))[:-400],
    "truncated webp": encode("WEBP", (800, 600))[:60],
    "png of 30,000 × 30,000": png(30_000, 30_000, b"\x00" * 1000),
    "png with a side of zero": png(0, 10, b""),
    "png bomb": png(60_000, 60_000, b"\x00" * 50_000_000),
    "jpeg claiming 65,500 × 65,500": jpeg_claiming(65_500, 65_500),
    "webp claiming 16,384 × 16,384": webp_claiming(16_384, 16_384),
    "text bomb in a png": png(1, 1, b"\x00" * 4, TEXT_BOMB),
    "more than 5 MB": encode("JPEG") + b"\x00" * attachments.MAX_BYTES,
    "jpeg of many scans": jpeg_of_many_scans(),
    "heic": box_file(b"heic"),
    "avif": box_file(b"avif"),
    "film": box_file(b"mp42"),
    "jpeg 2000": b"\x00\x00\x00\x0cjP  \r\n\x87\n" + b"\x00" * 80,
    "photoshop": b"8BPS\x00\x01" + b"\x00" * 60,
    "gzip of a photo": zlib.compress(encode("JPEG"), wbits=31),
    "png with a wrong sum": encode("PNG").replace(b"IDAT", b"IDAX"),
}
HARMLESS = {
    "jpeg with script after its end": encode("JPEG") + SCRIPT,
    "jpeg with script in its comment": encode("JPEG", comment=SCRIPT),
    "jpeg with place and phone": with_exif(),
    "photos in one file": pictures_in_one(),
    "zip inside a jpeg's comment": encode("JPEG", comment=b"PK\x03\x04" + b"\x00" * 30 + SVG),
    "progressive jpeg": encode("JPEG", progressive=True),
    "png with a text": png(1, 1, b"\x00" * 4, chunk(b"tEXt", b"Comment\x00" + SCRIPT)),
    "png and zip in one": encode("PNG") + b"PK\x03\x04" + SVG,
    "png with a huge profile": png(1, 1, b"\x00" * 4, PROFILE_BOMB),
    "webp": encode("WEBP"),
    "animated webp": animated("WEBP"),
    "animated png": animated("PNG"),
    "transparent png": encode("PNG", mode="RGBA"),
    "png with a palette": encode("PNG", mode="P"),
    "png of 16 bits": encode("PNG", mode="I;16"),
    "jpeg in CMYK": encode("JPEG", mode="CMYK"),
}


@pytest.mark.parametrize("sent", REFUSED.values(), ids=REFUSED)
def test_a_hostile_file_is_refused_with_a_sentence(sent: bytes) -> None:
    with pytest.raises(InvalidError) as refused:
        attachments.prepare_photo(sent)
    assert refused.value.errors["photo"].endswith(".")


@pytest.mark.parametrize("sent", HARMLESS.values(), ids=HARMLESS)
def test_of_an_odd_file_only_its_pixels_are_kept(sent: bytes) -> None:
    try:
        kept = attachments.prepare_photo(sent).data
    except InvalidError:
        return  # refused is as good
    assert kept.startswith(JPEG_START)
    assert kept.endswith(JPEG_END)
    for piece in (b"script", b"Maria", b"Exif", b"PK\x03\x04", b"svg", b"ICC_PROFILE"):
        assert piece not in kept
    with Image.open(BytesIO(kept)) as image:
        assert not image.getexif()
        assert getattr(image, "n_frames", 1) == 1


def test_a_photo_keeps_its_orientation_and_is_scaled_down() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    kept = attachments.prepare_photo(encode("JPEG", (4000, 3000), exif=exif)).data
    with Image.open(BytesIO(kept)) as image:
        assert image.size == (1500, 2000)
