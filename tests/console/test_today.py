import datetime as dt

from django.utils import timezone

from madoguchi.bindings.actions.policies import save_first_message_limit
from madoguchi.bindings.models import ALL_BRANDS, Binding, Code, Way
from madoguchi.bindings.tokens import shown
from madoguchi.console.today.views import SHOWN
from madoguchi.conversations.actions.take_over import take_over
from madoguchi.conversations.models import Conversation
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.console.conftest import SignIn
from tests.console.page import read
from tests.make import World


def code_of(world: World) -> Code:
    return Code.objects.create(account=world.account, staff=world.aoi, store=world.store, created_by=world.aoi)


def bind(world: World) -> Binding:
    return Binding.objects.create(
        member=world.member,
        staff=world.aoi,
        store=world.store,
        account=world.account,
        brand_ids=[ALL_BRANDS],
        way=Way.STAFF,
        started_at=timezone.now() - dt.timedelta(minutes=1),
    )


def test_the_day_begins_with_who_waits(world: World, sign_in: SignIn) -> None:
    bind(world)
    take_over(conversation_id=world.conversation.pk, staff=world.aoi, expected_holder_id=None)
    make.conversation(world.account, name="林先生", store=world.store)

    page = read(sign_in(world.aoi).get("/today").content)

    mine, team = page.all("ol", class_="queue-list")
    assert "陳美玲" in mine.text
    assert "林先生" in team.text
    figures = [figure.text for figure in page.one("dl", class_="figures").all("dd")]
    assert figures == ["0", "–", "1"]  # helped, first answer after, new customers
    elsewhere = read(sign_in(world.ren).get("/today").content)
    assert "陳美玲" not in elsewhere.text
    assert "林先生" not in elsewhere.text


def test_of_many_the_longest_waiting_are_shown_and_the_rest_is_one_tap_away(world: World, sign_in: SignIn) -> None:
    Conversation.objects.update(holder=world.mio)
    now = timezone.now()
    for number in range(SHOWN + 2):
        row = make.conversation(world.account, name=f"客人{number:02}", store=world.store)
        Conversation.objects.filter(pk=row.pk).update(waiting_since=now - dt.timedelta(minutes=number))

    page = read(sign_in(world.aoi).get("/today").content)

    (team,) = page.all("ol", class_="queue-list")
    names = [row.text for row in team.all("b")]
    assert names[0] == f"客人{SHOWN + 1:02}"
    assert len(names) == SHOWN
    assert page.one("p", class_="show-all").one("a").attributes["href"] == "/inbox?view=unassigned"


def test_what_may_be_written_first_is_counted_where_ones_customers_are(world: World, sign_in: SignIn) -> None:
    root = make.staff("root", role=None, is_superuser=True)
    save_first_message_limit(by=root, store=world.store, per_month=7)
    assert "7" not in read(sign_in(world.aoi).get("/today/now").content).one("dl", class_="figures").text

    bind(world)

    figures = read(sign_in(world.aoi).get("/today/now").content).one("dl", class_="figures")
    assert figures.all("dd")[-1].text == "7/7"


def test_the_code_fills_the_screen_and_is_one_s_own(world: World, sign_in: SignIn) -> None:
    code = code_of(world)
    client = sign_in(world.aoi)

    page = read(client.get("/today/code").content)

    assert page.one("img", class_="code-picture").attributes["src"].startswith("data:image/svg+xml;base64,")
    assert shown(code.token) in page.text
    assert world.store.name in read(client.get("/today").content).text

    code.revoked_at = timezone.now()
    code.save()
    assert shown(code.token) not in read(client.get("/today/code").content).text
    assert shown(code.token) not in read(sign_in(world.ren).get(f"/today/code?code={code.token}").content).text


def test_the_service_worker_keeps_the_code_and_signing_out_forgets_it(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.aoi)

    assert '"/today/code"' in client.get("/worker.js").content.decode()
    assert client.post("/sign-out").headers["Clear-Site-Data"] == '"storage"'


def test_somebody_without_customers_of_their_own_has_no_such_page(world: World, sign_in: SignIn) -> None:
    marketer = make.staff("shufen", role=BuiltInRole.MARKETER)

    assert sign_in(marketer).get("/today").status_code == 403
    assert sign_in(marketer).get("/today/code").status_code == 403
