"""Times in lines for people, in the languages of the press."""

from datetime import UTC, datetime

import pytest

from core.model.article import TimeConfidence
from ingest.parse.dates import parse_date
from ingest.parse.dates_written import from_persian
from ingest.parse.shapes import Publisher

# The line, the publisher's zone, and the hour of 5 March 2024 in UTC.
LINES = [
    ("Ter, 5 Mar 2024 14:05", "America/Sao_Paulo", "17:05"),
    ("5 mar. 2024, 14:05", "Europe/Oslo", "13:05"),
    ("05. 03. 2024 v 14:05", "Europe/Prague", "13:05"),
    ("út 5. března 2024, 14:05", "Europe/Prague", "13:05"),
    ("05 Mar, 2024, 02:05 PM IST", "Asia/Kolkata", "08:35"),
    ("Mar 5, 2024, 14:05 IST", "Asia/Kolkata", "08:35"),
    ("Updated: March 05, 2024 02:05 pm IST", "Asia/Kolkata", "08:35"),
    ("Published 2:05 PM ET, Tue March 5, 2024", None, "19:05"),
    ("2:05 PM EST, Tue March 5, 2024", None, "19:05"),
    ("Tue, 5 Mar 2024, 2:05pm GMT", None, "14:05"),
    ("5 March 2024 • 2:05pm", "Europe/London", "14:05"),
    ("05/03/2024 à 14:05", "Europe/Paris", "13:05"),
    ("le 5 mars 2024 à 14 h 05", "America/Montreal", "19:05"),
    ("05-03-2024 14:05 WIB", None, "07:05"),
    ("Selasa, 05 Mar 2024 14:05 WIB", None, "07:05"),
    ("5 Mac 2024, 2:05 petang", "Asia/Kuala_Lumpur", "06:05"),
    ("Thứ ba, 5/3/2024, 14:05 (GMT+7)", None, "07:05"),
    ("5 tháng 3, 2024 14:05", "Asia/Ho_Chi_Minh", "07:05"),
    ("2024년 3월 5일 14:05", "Asia/Seoul", "05:05"),
    ("2024-03-05 14:05:00 KST", None, "05:05"),
    ("입력 2024-03-05 오후 2:05", "Asia/Seoul", "05:05"),
    ("2024/03/05 14:05 JST", None, "05:05"),
    ("2024年03月05日14:05", "Asia/Shanghai", "06:05"),
    ("2024-03-05 14:05 来源：新华社", "Asia/Shanghai", "06:05"),
    ("令和6年3月5日 14時5分", "Asia/Tokyo", "05:05"),
    ("الثلاثاء 5 مارس 2024 - 14:05", "Africa/Cairo", "12:05"),
    ("5 مارس/ آذار 2024 14:05 غرينتش", None, "14:05"),
    ("05 מרץ 2024, 14:05", "Asia/Jerusalem", "12:05"),
    ("5 במרץ 2024 14:05", "Asia/Jerusalem", "12:05"),
    ("14:05 5 марта 2024", "Europe/Moscow", "11:05"),
    ("05.03.2024, 14:05 (МСК)", None, "11:05"),
    ("5 март 2024, 14:05", "Europe/Belgrade", "13:05"),
    ("05.03.2024. | 14:05h", "Europe/Belgrade", "13:05"),
    ("Τρίτη, 5 Μαρτίου 2024 14:05", "Europe/Athens", "12:05"),
    ("05 Mart 2024, 14:05", "Europe/Istanbul", "11:05"),
    ("5 martie 2024, 14:05", "Europe/Bucharest", "12:05"),
    ("5. marts 2024 kl. 14:05", "Europe/Copenhagen", "13:05"),
    ("5. mars 2024 14:05", "Europe/Oslo", "13:05"),
    ("5.3.2024 klo 14:05", "Europe/Helsinki", "12:05"),
    ("5.3.2024 14.05", "Europe/Helsinki", "12:05"),
    ("2024. gada 5. marts 14:05", "Europe/Riga", "12:05"),
    ("5. märts 2024 14:05", "Europe/Tallinn", "12:05"),
    ("2024.03.05. 14:05", "Europe/Budapest", "13:05"),
    ("२०२४ मार्च ५ १४:०५", "Asia/Kathmandu", "08:20"),
    ("৫ মার্চ ২০২৪, ১৪:০৫", "Asia/Dhaka", "08:05"),
    ("வெள்ளி 5 மார்ச் 2024 14:05", "Asia/Kolkata", "08:35"),
    ("۱۵ اسفند ۱۴۰۲ - ۱۴:۰۵", "Asia/Tehran", "10:35"),
    ("5 مارچ 2024 14:05", "Asia/Karachi", "09:05"),
    ("March 5, 2024 2:05 P.M. Pacific Time", None, "22:05"),
    ("Tuesday 05 March 2024 14:05 UK", "Europe/London", "14:05"),
    ("2024-03-05T14:05:00.000+0000", None, "14:05"),
    ("2024-03-05T14:05Z", None, "14:05"),
    ("2024-03-05 14:05:00 +0000 UTC", None, "14:05"),
    ("2024-03-05 02:05 PM", "Europe/London", "14:05"),
    ("Tue, 05 Mar 2024 14:05:00 Z", None, "14:05"),
    ("Tue, 5 March 2024 14:05:00 +0000 (UTC)", None, "14:05"),
    ("Tue 05 Mar 2024 14:05:00 EST-0500", None, "19:05"),
    ("20240305140500", "Europe/London", "14:05"),
    ("5-Mar-2024 14:05", "Europe/London", "14:05"),
    ("5-Mar-24 14:05", "Europe/London", "14:05"),
    ("Tuesday, March 5, 2024 - 14:05", "Europe/London", "14:05"),
    ("5 Mar 2024 - 14H05", "Europe/Paris", "13:05"),
    ("März 5, 2024, 14:05 Uhr", "Europe/Berlin", "13:05"),
    ("mardi 05 mars 2024 14:05", "Europe/Paris", "13:05"),
    ("mar. 05 mars 2024 14:05", "Europe/Paris", "13:05"),
    ("5 Márta 2024 14:05", "Europe/Dublin", "14:05"),
    ("Publicado el 05/03/2024 a las 14:05 h", "Europe/Madrid", "13:05"),
    ("Atualizado em 05/03/2024 14h05", "America/Sao_Paulo", "17:05"),
    ("05.03.24, 14:05", "Europe/Berlin", "13:05"),
    ("05/03/24 14:05", "Europe/Rome", "13:05"),
    ("03/05/24 2:05 PM", "America/New_York", "19:05"),
    ("03/05/2024 2:05 PM", "America/New_York", "19:05"),
    ("24.03.05 14:05", "Asia/Seoul", "05:05"),
    ("113/03/05 14:05", "Asia/Taipei", "06:05"),
    ("5 มี.ค. 67 14:05", "Asia/Bangkok", "07:05"),
    ("2567-03-05T14:05:00+07:00", None, "07:05"),
    ("2567-03-05 14:05", "Asia/Bangkok", "07:05"),
    ("5/3/2024 2:05 CH", "Asia/Ho_Chi_Minh", "07:05"),
    ("Thứ ba, 5 Th03 2024 14:05:00 +0700", None, "07:05"),
    ("৫ মার্চ ২০২৪, ০২:০৫ পিএম", "Asia/Dhaka", "08:05"),
    ("5 मार्च 2024, 02:05 पीएम", "Asia/Kolkata", "08:35"),
    ("5 de marzo de 2024 | 2:05 p. m.", "America/Bogota", "19:05"),
    ("05.mar.2024 às 14h05", "America/Sao_Paulo", "17:05"),
    ("5 mrt 2024 om 14u05", "Europe/Brussels", "13:05"),
    ("5 ta' Marzu 2024, 14:05", "Europe/Malta", "13:05"),
    ("Ika-5 ng Marso 2024, 2:05 PM", "Asia/Manila", "06:05"),
    ("2024ko martxoaren 5a, 14:05", "Europe/Madrid", "13:05"),
    ("2024 оны 3 сарын 5, 14:05", "Asia/Ulaanbaatar", "06:05"),
    ("화, 05 3월 2024 14:05:00 +0900", None, "05:05"),
    ("周二, 05 3月 2024 14:05:00 +0800", None, "06:05"),
    ("二〇二四年三月五日 14:05", "Asia/Shanghai", "06:05"),
    ("1402/12/15 14:05", "Asia/Tehran", "10:35"),
    ("1402-12-15 14:05", "Asia/Tehran", "10:35"),
    ("2024-03-05T14:05:00+05:30[Asia/Kolkata]", None, "08:35"),
    ("2024-W10-2T14:05:00Z", None, "14:05"),
    ("2024-065T14:05:00Z", None, "14:05"),
    ("2024-03-05t14:05:00z", None, "14:05"),
    ("2024-03-05T2:05:00 PM", "America/New_York", "19:05"),
    ("Tue, 05 Mar 2024 14:05:00 \u22120300", None, "17:05"),
    ("tue, 05 mar 2024 14:05:00 gmt", "Asia/Tokyo", "14:05"),
    ("1709647500", None, "14:05"),
    ("1709647500000", None, "14:05"),
    ("1709647500.0", None, "14:05"),
]


@pytest.mark.parametrize(("raw", "zone", "hour"), LINES)
def test_a_line_for_people_is_this_instant(raw: str, zone: str | None, hour: str) -> None:
    found = parse_date(raw, Publisher(time_zone=zone))
    assert found is not None
    assert found.at == datetime.fromisoformat(f"2024-03-05T{hour}:00+00:00")
    assert found.confidence is (TimeConfidence.ASSUMED_ZONE if zone and not _names_a_zone(raw) else found.confidence)


def _names_a_zone(raw: str) -> bool:
    return any(name in raw for name in ("GMT", "gmt", "IST", "UTC", "WIB", "EST", "JST", "KST"))


@pytest.mark.parametrize(
    "raw",
    [
        "Founded 1887", "© 2024", "Copyright 1999-2024", "12.5 million", "10:30", "5 March", "March 2024", "page 3 of 12",
        "+1 555 0199 2024", "Vol. 12 2024", "31/02/2024", "32 March 2024", "00/00/0000", "0000-00-00T00:00:00Z",
        "Mon, 00 Jan 2024", "2 hours ago", "16:9 1080", "192.168.1.1", "Room 101, 2024", "13.13.2024", "$3.5 bn in 2023",
        "Mon, 30 Nov -0001 00:00:00 +0000", "Thu, 01 Jan 1970 00:00:00 +0000", "5 March 2024 14:05 +25:00", "5 March 1887",
        "2024-01-15 25:00 PM", "۳۱ مهر ۱۴۰۲", "5 zzz 2024 14:05",
        "Mon, 01 Jan 0001 00:00:00 GMT", "3024-10-17", "9999999999999", "2567", "202410", "1/2/3/2024", "2.4.10", "v10.17.24",
        "Version 10.17.2024.1", "2024.10.17.1", "EUR 1.10.2024,50", "SKU 17-10-2024-A", "10.17.24.3 10:00", "令和99年10月17日",
        "May 5 people die in 2024", "2024-02-30T10:00:00+05:30[Asia/Kolkata]", "2023-W53-1", "2023-366T10:00:00Z", "2024-13-01",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_time_is_none(raw: str) -> None:
    assert parse_date(raw) is None


@pytest.mark.parametrize(
    ("raw", "country", "expected"),
    [
        ("03/04/2024 10:00", "US", "2024-03-04T15:00:00+00:00"),
        ("03/04/2024 10:00", "GB", "2024-04-03T09:00:00+00:00"),
        ("03/04/2024 10:00 PM EST", None, "2024-03-05T03:00:00+00:00"),
        ("2024-04-03 10:00", "IN", "2024-04-03T04:30:00+00:00"),
        ("2024-04-03 10:00", "RU", "2024-04-03T07:00:00+00:00"),
        ("3 April 2024 10:00 IST", "IL", "2024-04-03T07:00:00+00:00"),
        ("3 April 2024 10:00 IST", "IE", "2024-04-03T09:00:00+00:00"),
        ("3 April 2024 10:00 CST", "CN", "2024-04-03T02:00:00+00:00"),
        ("3 April 2024 10:00 AEST", None, "2024-04-03T00:00:00+00:00"),
        ("3 January 2024 10:00 CST", "US", "2024-01-03T16:00:00+00:00"),
        ("3 July 2024 10:00 CDT", "US", "2024-07-03T15:00:00+00:00"),
        ("3 July 2024 10:00 IST", "GB", "2024-07-03T04:30:00+00:00"),
        ("3 January 2024 10:00 EST", "AU", "2024-01-02T23:00:00+00:00"),
        ("3 January 2024 10:00 PST", "PH", "2024-01-03T02:00:00+00:00"),
        ("3 January 2024 10:00 AST", "SA", "2024-01-03T07:00:00+00:00"),
        ("3 January 2024 10:00 BDT", None, "2024-01-03T04:00:00+00:00"),
        ("10:00 AM Eastern, January 3, 2024", None, "2024-01-03T15:00:00+00:00"),
        ("Wed Jan 03 10:00:00 +0530 2024", None, "2024-01-03T04:30:00+00:00"),
        ("Wed Jan  3 10:00:00 -03 2024", None, "2024-01-03T13:00:00+00:00"),
        ("3 January 2024 10:00 | MOST READ", None, "2024-01-03T10:00:00+00:00"),
    ],
)
def test_the_publishers_country_settles_what_is_unclear(raw: str, country: str | None, expected: str) -> None:
    found = parse_date(raw, Publisher(country=country))
    assert found is not None
    assert found.at == datetime.fromisoformat(expected)


def test_a_day_without_an_hour_is_only_a_day() -> None:
    for raw in ("Oct 17, 2024", "17 d'octubre de 2024", "17.10.24", "10/17/2024", "二〇二四年十月十七日", "2024-W42-4"):
        found = parse_date(raw)
        assert found is not None
        assert (found.at.date().isoformat(), found.confidence) == ("2024-10-17", TimeConfidence.DAY)


def test_an_hour_alone_is_an_hour() -> None:
    for raw in ("17 octobre 2024 à 20h", "17. Oktober 2024 um 20 Uhr", "17 Oct 2024 8 p.m."):
        found = parse_date(raw)
        assert found is not None
        assert (found.at.hour, found.confidence) == (20, TimeConfidence.ASSUMED_ZONE)


def test_a_year_that_is_none_of_ours_is_not_left_out_for_this_one() -> None:
    now = datetime(2024, 12, 6, tzinfo=UTC)
    for raw in ("17 Oct 20244 20:45", "17 Oct 1889", "October 17, 1887", "明治20年10月17日"):
        assert parse_date(raw, now=now) is None


def test_a_month_that_two_languages_name_alike_is_the_publishers() -> None:
    for lang, month in (("hr", 10), ("pl", 11), ("cs", 11)):
        found = parse_date("5. listopada 2023", Publisher(lang=lang))
        assert found is not None
        assert found.at.month == month


def test_a_day_without_a_year_is_the_latest_that_can_be() -> None:
    now = datetime(2024, 3, 6, tzinfo=UTC)
    for raw, year in (
        ("5 March 14:05", 2024),
        ("6 March, 23:05", 2024),
        ("25 December 10:00", 2023),
        ("12月25日 10:00", 2023),
    ):
        found = parse_date(raw, now=now)
        assert found is not None
        assert found.at.year == year
    assert parse_date("5 March 14:05") is None


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ((1403, 1, 1), (2024, 3, 20)), ((1402, 1, 1), (2023, 3, 21)), ((1399, 12, 30), (2021, 3, 20)),
        ((1404, 1, 1), (2025, 3, 21)), ((1357, 11, 22), (1979, 2, 11)),
    ],
)  # fmt: skip
def test_days_of_the_persian_calendar(day: tuple[int, int, int], expected: tuple[int, int, int]) -> None:
    found = from_persian(*day)
    assert found is not None
    assert (found.year, found.month, found.day) == expected
    assert from_persian(1402, 12, 30) is None
