"""Pictures do not take much memory, whatever their files say."""

import subprocess
import sys
import textwrap

MOST_MEGABYTES = 350  # of a process that decodes the largest picture


def test_no_picture_takes_much_memory() -> None:
    script = """
        from io import BytesIO
        from pathlib import Path
        from PIL import Image
        from services.profiles.pictures.rendering import rendered
        from shared.errors import Refusal
        from tests.support.pictures import jpeg_header, png_header, webp_header

        def most():  # not getrusage's number, which begins with that of the process that ran the tests
            status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
            return int(status["VmHWM"].removesuffix("kB")) // 1024

        for header in (png_header, webp_header, jpeg_header):
            for size in ((16000, 16000), (9000, 9000), (5000, 4800)):
                try:
                    rendered(header(*size))
                except Refusal:
                    pass
        few = most()
        for kind, mode, more in (("PNG", "RGBA", {"compress_level": 1}), ("JPEG", "RGB", {"progressive": True})):
            written = BytesIO()
            Image.new(mode, (6000, 4000)).save(written, kind, **more)
            rendered(written.getvalue())
        print(few, most())
    """
    run = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True)
    of_headers, of_the_largest = map(int, run.stdout.split())
    assert of_headers < MOST_MEGABYTES
    assert of_the_largest < MOST_MEGABYTES + 100, "96 MB of pixels, and what made them in this process"
