"""Writes the HTML part of every mail in a folder to a folder of pages."""

import email
import email.policy
import pathlib
import sys

CLIPPED_AT = 102_400

mails, pages = map(pathlib.Path, sys.argv[1:3])
pages.mkdir(parents=True, exist_ok=True)
found = sorted(mails.glob("*.eml"))
if not found:
    sys.exit(f"no mail in {mails}")
for path in found:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    html = message.get_body(("html",)).get_content()
    size = len(html.encode())
    if size >= CLIPPED_AT:
        sys.exit(f"{path.name}: {size} bytes of HTML; mail readers clip at {CLIPPED_AT}")
    (pages / f"{path.stem}.html").write_text(html)
    print(f"{path.name}: {size} bytes of HTML")
