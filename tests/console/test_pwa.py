import io
import json

from django.test import Client
from PIL import Image

from tests.console.conftest import SignIn
from tests.make import World


def test_the_console_can_be_installed(world: World) -> None:
    manifest = json.loads(Client().get("/manifest.webmanifest").content)

    assert manifest["display"] == "standalone"
    for icon in manifest["icons"]:
        picture = Image.open(io.BytesIO(Client().get(icon["src"]).content))
        assert f"{picture.width}x{picture.height}" == icon["sizes"]
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    assert Client().get("/app-icons/any-4096.png").status_code == 404
    assert [shortcut["url"] for shortcut in manifest["shortcuts"]] == ["/today/code", "/inbox"]


def test_the_worker_keeps_only_the_offline_page(world: World) -> None:
    worker = Client().get("/worker.js")

    assert worker.headers["Content-Type"].startswith("text/javascript")
    assert '"/offline"' in worker.content.decode()
    assert Client().get("/offline").status_code == 200


def test_brand_colours_come_as_a_stylesheet(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.aoi)

    sheet = client.get("/brands.css")
    again = client.get("/brands.css", headers={"if-none-match": sheet.headers["ETag"]})

    assert f".brand-{world.brand.public_id}{{--brand:{world.brand.color}}}" in sheet.content.decode()
    assert again.status_code == 304
    assert Client().get("/brands.css").status_code == 302
