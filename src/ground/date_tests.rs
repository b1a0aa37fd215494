//! Tests of `date`: walking from day to day is the twin.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "a test may panic"
)]

use super::*;

fn instant(text: &str) -> Instant {
    Instant::parse(text.as_bytes()).unwrap_or_else(|| panic!("{text} is a date"))
}

fn at(seconds: i64) -> Instant {
    Instant::new(seconds, 0).unwrap()
}

/// The stupid twin of the calendar: walk from day to day.
fn every_day(mut visit: impl FnMut(i64, i64, i64, i64)) {
    let mut number = FIRST_WRITABLE / SECONDS_PER_DAY;
    for year in 0..=9999 {
        let leap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
        let lengths = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        for (month, length) in (1..).zip(lengths) {
            for day in 1..=length {
                visit(year, month, day, number);
                number += 1;
            }
        }
    }
    assert_eq!(number * SECONDS_PER_DAY, LAST_WRITABLE + 1);
}

#[test]
fn every_day_of_ten_thousand_years_has_its_number_and_its_text() {
    let mut out = [0; 20];
    every_day(|year, month, day, number| {
        assert_eq!(day_number(year, month, day), number);
        assert!(format_utc(number * SECONDS_PER_DAY, &mut out));
        assert_eq!(digits(&mut &out[0..4], 4), Some(year));
        assert_eq!(digits(&mut &out[5..7], 2), Some(month));
        assert_eq!(digits(&mut &out[8..10], 2), Some(day));
    });
}

#[test]
fn four_digits_are_a_year_and_other_digits_are_epoch_seconds() {
    assert_eq!(instant("2026"), at(1_767_225_600));
    assert_eq!(instant("1970"), at(0));
    assert_eq!(instant("202"), at(202));
    assert_eq!(instant("20260"), at(20260));
    assert_eq!(instant("02026"), at(2026));
    assert_eq!(instant("-2026"), at(-2026));
    assert_eq!(instant("-202"), at(-202));
    assert_eq!(instant("-0"), at(0));
    assert_eq!(Instant::parse_number(b"2026"), Some(at(2026)));
}

#[test]
fn epoch_seconds_reach_to_both_ends_and_no_further() {
    assert_eq!(instant("9223372036854775807"), at(i64::MAX));
    assert_eq!(instant("-9223372036854775808"), at(i64::MIN));
    for bad in ["9223372036854775808", "-9223372036854775809", "99999999999999999999999"] {
        assert_eq!(Instant::parse(bad.as_bytes()), None);
    }
}

#[test]
fn a_json_number_must_be_an_integer() {
    for bad in ["", "-", "+1", "1.0", "1e3", "1.5", "0x1", " 1", "--1", "2026-01"] {
        assert_eq!(Instant::parse_number(bad.as_bytes()), None, "{bad}");
    }
}

#[test]
fn missing_parts_are_the_earliest() {
    assert_eq!(instant("2026"), instant("2026-01-01T00:00:00Z"));
    assert_eq!(instant("2026-03"), instant("2026-03-01T00:00Z"));
    assert_eq!(instant("2026-03-04"), instant("2026-03-04T00:00:00.0Z"));
}

#[test]
fn one_instant_has_many_zones() {
    let utc = instant("2026-02-28T23:30:00Z");
    for same in [
        "2026-03-01T01:30:00+02:00",
        "2026-02-28T23:30+00:00",
        "2026-02-28T23:30-00:00",
        "2026-02-28T00:00-23:30",
        "2026-03-01T23:29:00.000000000+23:59",
        "2026-02-28T18:00:00-05:30",
    ] {
        assert_eq!(instant(same), utc, "{same}");
    }
}

#[test]
fn fractions_order_to_the_nanosecond() {
    assert_eq!(instant("1970-01-01T00:00:00.5Z"), Instant::new(0, 500_000_000).unwrap());
    assert_eq!(instant("1969-12-31T23:59:59.999999999Z"), Instant::new(-1, 999_999_999).unwrap());
    assert!(instant("1969-12-31T23:59:59.999999999Z") < at(0));
    assert!(instant("2026-01-01T00:00:00.000000001Z") > instant("2026"));
    assert!(instant("2026-01-01T00:00:00.1Z") > instant("2026-01-01T00:00:00.09Z"));
}

#[test]
fn what_is_not_a_date_is_refused() {
    for bad in [
        "",
        "-",
        "20x6",
        "2026-",
        "2026-1",
        "2026-1-1",
        "2026-00",
        "2026-13",
        "2026-01-00",
        "2026-01-32",
        "2026-04-31",
        "2026-02-29",
        "1900-02-29",
        "2026-01-01T",
        "2026-01-01Z",
        "2026Z",
        "2026-01T00:00Z",
        "2026T00:00Z",
        "2026-01-01T00Z",
        "2026-01-01T00:00",
        "2026-01-01T00:00:00",
        "2026-01-01 00:00:00Z",
        "2026-01-01t00:00:00Z",
        "2026-01-01T00:00:00z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2026-01-01T23:59:60Z",
        "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00.5Z",
        "2026-01-01T00:00:00,5Z",
        "2026-01-01T00:00:00.0000000000Z",
        "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00+00:60",
        "2026-01-01T00:00:00+0000",
        "2026-01-01T00:00:00+00",
        "2026-01-01T00:00:00Z ",
        " 2026-01-01",
        "2026-01-01T00:00:00ZZ",
        "2026-01-01T00:00:00Z+01:00",
        "+2026",
        "12026-01-01",
        "-2026-01-01",
        "20260101T000000Z",
        "1.5",
        "1e3",
        "٢٠٢٦",
    ] {
        assert_eq!(Instant::parse(bad.as_bytes()), None, "{bad}");
    }
}

#[test]
fn leap_days_exist_in_leap_years() {
    assert_eq!(instant("2000-02-29"), at(951_782_400));
    assert_eq!(instant("2024-02-29T23:59:59Z").seconds() + 1, instant("2024-03-01").seconds());
    assert_eq!(instant("0000-02-29").seconds() + SECONDS_PER_DAY, instant("0000-03-01").seconds());
}

#[test]
fn bytes_give_back_the_instant_and_refuse_a_second_of_nanoseconds() {
    for one in [at(0), at(i64::MIN), at(i64::MAX), Instant::new(-1, 999_999_999).unwrap()] {
        assert_eq!(Instant::from_bytes(&one.to_bytes()), Some(one));
    }
    assert_eq!(Instant::new(258, 772).unwrap().to_bytes(), [2, 1, 0, 0, 0, 0, 0, 0, 4, 3, 0, 0]);
    let mut bad = at(0).to_bytes();
    bad[8..].copy_from_slice(&NANOS_PER_SECOND.to_le_bytes());
    assert_eq!(Instant::from_bytes(&bad), None);
    assert_eq!(Instant::from_bytes(&[0; 11]), None);
    assert_eq!(Instant::from_bytes(&[0; 13]), None);
    assert_eq!(Instant::from_bytes(&[]), None);
}

#[test]
fn what_is_written_reads_back() {
    let mut out = [0; 20];
    for seconds in [0, -1, 1, FIRST_WRITABLE, LAST_WRITABLE, 951_827_696, 1_767_225_599] {
        assert!(format_utc(seconds, &mut out));
        assert_eq!(Instant::parse(&out), Some(at(seconds)), "{seconds}");
    }
    assert!(format_utc(951_827_696, &mut out));
    assert_eq!(&out, b"2000-02-29T12:34:56Z");
}

#[test]
fn years_of_five_digits_are_not_written() {
    let mut out = [b'x'; 20];
    for seconds in [FIRST_WRITABLE - 1, LAST_WRITABLE + 1, i64::MIN, i64::MAX] {
        assert!(!format_utc(seconds, &mut out));
    }
    assert_eq!(out, [b'x'; 20]);
}

#[test]
fn an_instant_displays_as_a_date_that_reads_back() {
    for (text, written) in [
        ("2026-11-27", "2026-11-27T00:00:00Z"),
        ("2026-11-27T12:00:00.5+01:00", "2026-11-27T11:00:00.500000000Z"),
        ("253402300800", "253402300800"),
    ] {
        let instant = Instant::parse(text.as_bytes()).unwrap();
        assert_eq!(instant.to_string(), written);
        assert_eq!(Instant::parse(written.as_bytes()), Some(instant));
    }
}
