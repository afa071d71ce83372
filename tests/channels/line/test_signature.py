from madoguchi.channels.line.signature import is_genuine, sign

SECRET = b"8c570fa6dd201bb328f1c1eac23a96d8"
BODY = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
SIGNATURE = b"GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="
"""The example that LINE documents (verify-webhook-signature)."""


def test_signature_is_what_line_documents() -> None:
    assert sign(BODY, SECRET) == SIGNATURE
    assert is_genuine(BODY, SECRET, SIGNATURE)


def test_one_changed_byte_anywhere_makes_it_wrong() -> None:
    for index in range(len(BODY)):
        assert not is_genuine(BODY[:index] + b"~" + BODY[index + 1 :], SECRET, SIGNATURE)
    for index in range(len(SIGNATURE) - 1):
        assert not is_genuine(BODY, SECRET, SIGNATURE[:index] + b"~" + SIGNATURE[index + 1 :])


def test_signatures_that_are_no_base64_or_empty_are_wrong() -> None:
    assert not is_genuine(BODY, SECRET, b"")
    assert not is_genuine(BODY, SECRET, "濾網".encode())
    assert not is_genuine(BODY, SECRET, SIGNATURE + b"=")
