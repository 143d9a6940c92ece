#!/bin/sh
# Write today's backup into a folder and keep the last 14. Copy the folder to another machine.
set -eu
folder=${1:?the folder of the backups}
mkdir -p "$folder"
file="$folder/canais-$(date +%Y-%m-%d-%H%M%S)"
canais backup "$file"
ls -1 "$folder" | grep '^canais-[0-9-]*$' | sort -r | tail -n +15 | while read -r old; do
    rm -f "$folder/$old"
done
