"""What staff know about a person and write down: name, telephone, tags, notes.

Everybody who sees the person reads it; changing it needs ``member:edit`` where one of the person's conversations is.
Raises NotFound for people out of reach and NotAllowed for those one may only read.
"""

from __future__ import annotations

import logging

import phonenumbers
from django.db import transaction

from madoguchi.kit.bigrams import bigrams
from madoguchi.kit.errors import NotAllowed, NotFound
from madoguchi.members.errors import BadPhone, NameMissing, NoteMissing, TagMissing, TextTooLong
from madoguchi.members.models import Member, MemberNote, MemberTag, Tag
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission

logger = logging.getLogger("madoguchi.access")
NAME_MAX = 100
NOTE_MAX = 2_000
TAG_MAX = 30


@transaction.atomic
def rename(*, member_id: int, staff: Staff, name: str) -> Member:
    """From now on the person is called this, whatever their LINE profile says."""
    member = _lock(member_id, staff)
    if not name.strip():
        raise NameMissing
    if len(name.strip()) > NAME_MAX:
        raise TextTooLong
    member.display_name, member.is_name_confirmed = name.strip(), True
    member.search = bigrams(member.display_name)
    member.save(update_fields=["display_name", "is_name_confirmed", "search"])
    return member


@transaction.atomic
def set_phone(*, member_id: int, staff: Staff, phone: str) -> Member:
    """As people write it; without a country code it is of the person's market. Empty: none. Raises BadPhone."""
    member = _lock(member_id, staff)
    member.phone = _e164(phone, member) if phone.strip() else ""
    member.save(update_fields=["phone"])
    return member


@transaction.atomic
def add_tag(*, member_id: int, staff: Staff, name: str) -> Tag:
    """The tag is made when it is new. Adding it again changes nothing."""
    member = _lock(member_id, staff)
    if not name.strip():
        raise TagMissing
    if len(name.strip()) > TAG_MAX:
        raise TextTooLong
    tag, _made = Tag.objects.get_or_create(name=name.strip())
    MemberTag.objects.get_or_create(member=member, tag=tag, defaults={"by": staff})
    return tag


@transaction.atomic
def remove_tag(*, member_id: int, staff: Staff, tag_id: int) -> None:
    """The tag itself stays, for others who have it."""
    member = _lock(member_id, staff)
    member.member_tags.filter(tag_id=tag_id).delete()


@transaction.atomic
def add_note(*, member_id: int, staff: Staff, text: str) -> MemberNote:
    member = _lock(member_id, staff)
    if not text.strip():
        raise NoteMissing
    if len(text.strip()) > NOTE_MAX:
        raise TextTooLong
    return MemberNote.objects.create(member=member, author=staff, text=text.strip())


def _lock(member_id: int, staff: Staff) -> Member:
    member = Member.objects.visible_to(staff).select_for_update(of=("self",)).filter(pk=member_id).first()
    if member is None:
        logger.warning("%s asked for member %s, who does not exist or is out of reach", staff.username, member_id)
        raise NotFound
    if not Member.objects.within(staff.reach(Permission.MEMBER_EDIT)).filter(pk=member_id).exists():
        raise NotAllowed
    return member


def _e164(phone: str, member: Member) -> str:
    region = member.market.code.upper() if member.market else None
    try:
        number = phonenumbers.parse(phone, region if region in phonenumbers.SUPPORTED_REGIONS else None)
    except phonenumbers.NumberParseException:
        raise BadPhone from None
    if not phonenumbers.is_possible_number(number):
        raise BadPhone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
