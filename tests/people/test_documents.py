from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from core.models import AccessLog
from people import documents
from people.forms.document import DocumentField
from people.models import Document
from people.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), *, secret: bool = False) -> bytes:
    out = BytesIO()
    exif = Image.Exif()
    if secret:
        exif[0x010F] = "SecretCamera"
        exif[0x0112] = 6
    Image.new("RGB", size, "#336699").save(out, kind, exif=exif)
    return out.getvalue()


def upload(content: bytes, name: str = "证件.jpg", declared: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, declared)


def take(content: bytes, by=None, name: str = "证件.jpg", kind: str = Document.Kind.ID_CARD) -> Document:
    return documents.take_document(upload=upload(content, name), kind=kind, by=by or factories.citizen())


def test_drops_exif_and_turns_the_picture_upright():
    paper = take(picture(secret=True))
    with documents.read_document(paper) as file:
        content = file.read()
    assert b"SecretCamera" not in content
    assert not Image.open(BytesIO(content)).getexif()
    assert Image.open(BytesIO(content)).size == (30, 40)


def test_drops_what_hangs_on_behind_the_picture():
    paper = take(picture("PNG") + b"<script>alert(1)</script>")
    with documents.read_document(paper) as file:
        assert b"script" not in file.read()


def test_keeps_a_pdf_as_it_is():
    paper = take(PDF, name="a.pdf")
    assert (paper.content_type, paper.size, paper.name) == ("application/pdf", len(PDF), "a.pdf")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "空的"),
        (b"MZ\x90\x00 program", "不是照片也不是 PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "不是照片也不是 PDF"),
        (b"\xff\xd8\xff\xe0 broken", "打不开"),
        (b"%PDF-1.4 cut off", "不完整"),
    ],
)
def test_says_what_is_wrong_with_a_file(content, sentence):
    with pytest.raises(documents.CannotTakeDocument, match=sentence):
        take(content)


def test_takes_ten_megabytes_and_not_a_byte_more():
    filler = b"0" * (documents.MAX_BYTES - len(PDF))
    assert take(b"%PDF-1.4\n" + filler + PDF[9:], name="a.pdf").size == documents.MAX_BYTES
    with pytest.raises(documents.CannotTakeDocument, match="最大只能 10 MB"):
        take(b"%PDF-1.4\n" + filler + b"0" + PDF[9:], name="a.pdf")


def test_refuses_a_bomb(monkeypatch):
    monkeypatch.setattr(documents, "MAX_PIXELS", 1000)
    with pytest.raises(documents.CannotTakeDocument, match="像素太多"):
        take(picture())


def test_knows_the_same_paper_again():
    citizen = factories.citizen()
    assert take(PDF, citizen) == take(PDF, citizen)
    assert take(PDF, factories.citizen()) not in Document.objects.of_owner(citizen)


def test_never_lets_a_name_become_a_path():
    assert take(PDF, name="../../etc/passwd.pdf").name == "passwd.pdf"


def test_is_served_to_its_owner_without_sniffing(client):
    citizen = factories.citizen()
    paper = take(PDF, citizen, name="证明.pdf")
    client.force_login(citizen)
    answer = client.get(f"/account/documents/{paper.public_id}/")
    assert b"".join(answer.streaming_content) == PDF
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment")
    assert not AccessLog.objects.filter(action="document:open").exists()


def test_does_not_exist_for_outsiders(client):
    paper = take(PDF)
    client.force_login(factories.citizen())
    assert client.get(f"/account/documents/{paper.public_id}/").status_code == 404
    assert Client().get(f"/account/documents/{paper.public_id}/").status_code == 302


def test_leaves_a_record_when_an_officer_opens_it(client, as_staff):
    citizen = factories.citizen()
    paper = take(PDF, citizen)
    officer = factories.staff(Role.CASEWORKER)
    answer = as_staff(officer).get(f"/account/documents/{paper.public_id}/")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == PDF
    assert AccessLog.objects.filter(action="document:open", subject=str(citizen.person.public_id)).exists()
    elsewhere = factories.staff(Role.CASEWORKER, at="210202")
    assert as_staff(elsewhere).get(f"/account/documents/{paper.public_id}/").status_code == 404


def test_walks_the_upload_page(client):
    citizen = factories.citizen()
    client.force_login(citizen)
    assert client.get("/account/documents/new/").status_code == 200
    form = {"kind": "certificate", "file": upload(picture())}
    assert client.post("/account/documents/new/", form).status_code == 302
    assert citizen.person.documents.count() == 1
    big = {"kind": "certificate", "file": upload(b"%PDF-" + b"0" * documents.MAX_BYTES + b"%%EOF", "a.pdf")}
    answer = client.post("/account/documents/new/", big)
    assert (answer.status_code, "最大只能 10 MB" in answer.content.decode()) == (422, True)


class TestField:
    def field(self, user) -> DocumentField:
        field = DocumentField(kind=Document.Kind.ID_CARD)
        field.for_user(user)
        return field

    def test_offers_what_was_handed_in_before(self):
        citizen = factories.citizen()
        paper = take(PDF, citizen)
        take(PDF, citizen, kind=Document.Kind.LICENCE)
        handed = self.field(citizen).clean([str(paper.public_id), None])
        assert handed.keep(by=citizen) == paper

    def test_takes_a_new_file_in(self):
        citizen = factories.citizen()
        handed = self.field(citizen).clean(["", upload(picture())])
        assert handed.keep(by=citizen).person == citizen.person

    def test_knows_no_paper_of_others(self):
        from django.core.exceptions import ValidationError

        paper = take(PDF)
        with pytest.raises(ValidationError, match="不在了"):
            self.field(factories.citizen()).clean([str(paper.public_id), None])

    def test_asks_for_one_or_the_other(self):
        from django.core.exceptions import ValidationError

        with pytest.raises(ValidationError, match="已有的材料"):
            self.field(factories.citizen()).clean(["", None])
