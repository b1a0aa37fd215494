//! Tests of `cidr`: the standard library is the twin.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "a test may panic"
)]

use super::*;
use core::net::IpAddr;

/// The stupid twin: the standard library.
fn naive(text: &str) -> Option<Address> {
    match text.parse().ok()? {
        IpAddr::V4(address) => Some(Address::V4(address.octets())),
        IpAddr::V6(address) => Some(Address::V6(address.octets())),
    }
}

fn address(text: &str) -> Address {
    Address::parse(text.as_bytes()).unwrap_or_else(|| panic!("{text} is an address"))
}

fn prefix(text: &str) -> Prefix {
    Prefix::parse(text.as_bytes()).unwrap_or_else(|| panic!("{text} is a prefix"))
}

const ADDRESSES: [&str; 52] = [
    "0.0.0.0",
    "203.0.113.7",
    "255.255.255.255",
    "256.0.0.1",
    "1.2.3",
    "1.2.3.4.5",
    "01.2.3.4",
    "1.2.3.04",
    "1.2.3.4 ",
    " 1.2.3.4",
    "1..2.3",
    "1.2.3.",
    ".1.2.3.4",
    "1.2.3.4/24",
    "0x1.2.3.4",
    "-1.2.3.4",
    "+1.2.3.4",
    "1.2.3.1000",
    "::",
    "::1",
    "1::",
    ":",
    "",
    ":::",
    "1:::2",
    "1::2::3",
    "2001:db8::1",
    "2001:DB8::1",
    "2001:db8:0:0:0:0:0:1",
    "2001:db8:0:0:0:0:0:1:2",
    "2001:db8:0:0:0:0:1",
    "1:2:3:4:5:6:7::",
    "::2:3:4:5:6:7:8",
    "1:2:3:4::5:6:7:8",
    "1:2:3::5:6:7:8",
    "1:2:3:4:5:6:7:8::",
    "::1:2:3:4:5:6:7:8",
    "12345::",
    "0001::",
    "00001::",
    "g::",
    "::ffff:1.2.3.4",
    "::FFFF:1.2.3.4",
    "::ffff:1.2.3.04",
    "::ffff:1.2.3",
    "1:2:3:4:5:6:1.2.3.4",
    "1:2:3:4:5:6:7:1.2.3.4",
    "::1.2.3.4:5",
    "fe80::1%eth0",
    "[::1]",
    "1:",
    ":1",
];

#[test]
fn addresses_read_as_the_standard_library_reads_them() {
    for text in ADDRESSES {
        assert_eq!(Address::parse(text.as_bytes()), naive(text), "{text}");
    }
    assert_eq!(Address::parse("１.2.3.4".as_bytes()), None);
    assert_eq!(Address::parse(&b"1:".repeat(5000)), None);
}

#[test]
fn scrambled_addresses_read_as_the_standard_library_reads_them() {
    let alphabet = b"0012af:::::..";
    let mut state = 7_u64;
    let mut good = 0;
    for _ in 0..400_000 {
        let mut text = String::new();
        let mut bits = 0;
        for _ in 0..2 + (state >> 60) {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            bits ^= state >> 33;
            text.push(char::from(alphabet[(bits % alphabet.len() as u64) as usize]));
        }
        let expected = naive(&text);
        good += u32::from(expected.is_some());
        assert_eq!(Address::parse(text.as_bytes()), expected, "{text}");
    }
    assert!(good > 1000, "only {good} were addresses");
}

#[test]
fn host_bits_are_ignored() {
    assert_eq!(prefix("203.0.113.7/24"), prefix("203.0.113.0/24"));
    assert_eq!(prefix("2001:db8::1/32"), prefix("2001:db8::/32"));
    assert_eq!(prefix("255.255.255.255/0"), prefix("0.0.0.0/0"));
    assert_eq!(prefix("ffff::/0"), prefix("::/0"));
}

#[test]
fn no_length_means_one_host() {
    assert_eq!(prefix("203.0.113.7"), prefix("203.0.113.7/32"));
    assert_eq!(prefix("2001:db8::1"), prefix("2001:db8::1/128"));
}

#[test]
fn a_prefix_has_a_length_in_range_and_nothing_else() {
    for bad in [
        "203.0.113.0/33",
        "203.0.113.0/",
        "203.0.113.0/024",
        "203.0.113.0/00",
        "203.0.113.0/+8",
        "203.0.113.0/-1",
        "203.0.113.0/8 ",
        "203.0.113.0/ 8",
        "203.0.113.0/8/8",
        "203.0.113.0/256",
        "203.0.113.0/288",
        "203.0.113/24",
        "203.0.113.0/255.255.255.0",
        "2001:db8::/129",
        "fe80::1%1/64",
        "/8",
        "",
    ] {
        assert_eq!(Prefix::parse(bad.as_bytes()), None, "{bad}");
    }
}

#[test]
fn containment_agrees_with_comparing_bit_by_bit() {
    fn bits(address: Address) -> Vec<bool> {
        let octets = match address {
            Address::V4(octets) => octets.to_vec(),
            Address::V6(octets) => octets.to_vec(),
        };
        octets.iter().flat_map(|octet| (0..8).rev().map(move |bit| octet >> bit & 1 == 1)).collect()
    }
    for (base, bits_in_all) in [("203.0.113.85", 32_u8), ("2001:db8:5555:aaaa:123:4567:89ab:cdef", 128)] {
        let start = bits(address(base));
        for length in 0..=bits_in_all {
            let prefix = prefix(&format!("{base}/{length}"));
            for flipped in 0..=bits_in_all {
                let mut other = start.clone();
                if let Some(bit) = other.get_mut(usize::from(flipped)) {
                    *bit = !*bit;
                }
                let octets: Vec<u8> =
                    other.chunks(8).map(|bits| bits.iter().fold(0, |o, b| o << 1 | u8::from(*b))).collect();
                let other_address = match octets.len() {
                    4 => Address::V4(octets.try_into().unwrap()),
                    _ => Address::V6(octets.try_into().unwrap()),
                };
                let same = start.iter().zip(&other).take(usize::from(length)).all(|(a, b)| a == b);
                assert_eq!(contains(&prefix, &other_address), Truth::from(same), "{base}/{length} {flipped}");
            }
        }
    }
}

#[test]
fn the_families_never_match_each_other() {
    assert_eq!(contains(&prefix("0.0.0.0/0"), &address("2001:db8::1")), Truth::False);
    assert_eq!(contains(&prefix("::/0"), &address("203.0.113.7")), Truth::False);
    assert_eq!(contains(&prefix("::ffff:10.0.0.0/104"), &address("203.0.113.7")), Truth::False);
    assert_eq!(contains(&prefix("::203.0.113.0/120"), &address("203.0.113.7")), Truth::False);
}

#[test]
fn a_mapped_prefix_is_open_against_the_ipv4_addresses_that_it_stands_for() {
    for length in 96..=128 {
        let mapped = prefix(&format!("::ffff:203.0.113.85/{length}"));
        let plain = prefix(&format!("203.0.113.85/{}", length - 96));
        for text in ["203.0.113.85", "203.0.113.84", "203.0.112.85", "202.0.113.85", "10.0.0.1"] {
            let holds = contains(&plain, &address(text)) == Truth::True;
            let expected = if holds { Truth::Indet } else { Truth::False };
            assert_eq!(contains(&mapped, &address(text)), expected, "{length} {text}");
        }
    }
}

#[test]
fn a_prefix_of_all_mapped_addresses_is_open_against_one_of_them() {
    for (text, expected) in [
        ("::/0", Truth::Indet),
        ("::/80", Truth::Indet),
        ("::ffff:0:0/95", Truth::Indet),
        ("::ffff:0:0/96", Truth::True),
        ("8000::/1", Truth::False),
        ("::1:0:0:0/80", Truth::False),
    ] {
        assert_eq!(contains(&prefix(text), &address("::ffff:203.0.113.7")), expected, "{text}");
        assert_ne!(contains(&prefix(text), &address("203.0.113.7")), Truth::True, "{text}");
    }
    assert_eq!(contains(&prefix("::/0"), &address("2001:db8::1")), Truth::True);
}

#[test]
fn a_mapped_address_against_an_ipv4_prefix_is_indet() {
    for text in ["::ffff:203.0.113.7", "::ffff:cb00:7107"] {
        assert_eq!(contains(&prefix("203.0.113.0/24"), &address(text)), Truth::Indet);
        assert_eq!(contains(&prefix("10.0.0.0/8"), &address(text)), Truth::Indet);
        assert_eq!(contains(&prefix("::ffff:203.0.113.0/120"), &address(text)), Truth::True);
        assert_eq!(contains(&prefix("2001:db8::/32"), &address(text)), Truth::False);
    }
    // The deprecated compatible form (RFC 4291, 2.5.5.1) is an IPv6 address like any other.
    assert_eq!(contains(&prefix("203.0.113.0/24"), &address("::203.0.113.7")), Truth::False);
}

#[test]
fn bytes_give_back_the_prefix_and_refuse_all_else() {
    for text in ["203.0.113.7/24", "0.0.0.0/0", "255.255.255.255", "::/0", "2001:db8::1/33", "::1"] {
        let prefix = prefix(text);
        assert_eq!(Prefix::from_bytes(&prefix.to_bytes()), Some(prefix), "{text}");
    }
    let good = prefix("203.0.113.0/24").to_bytes();
    assert_eq!(good, [4, 24, 203, 0, 113, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for (index, byte) in [(0, 5), (0, 0), (1, 33), (1, 23), (5, 1), (6, 1), (17, 1)] {
        let mut bad = good;
        bad[index] = byte;
        assert_eq!(Prefix::from_bytes(&bad), None, "{bad:?}");
    }
    assert_eq!(prefix("::/0").to_bytes()[..2], [6, 0]);
    let mut long = prefix("::1").to_bytes();
    long[1] = 129;
    assert_eq!(Prefix::from_bytes(&long), None);
    assert_eq!(Prefix::from_bytes(&good[..17]), None);
    assert_eq!(Prefix::from_bytes(&[0; 19]), None);
}

/// The stupid twin is the standard library's.
#[test]
fn a_prefix_is_written_as_the_standard_library_does() {
    for text in [
        "::",
        "::1",
        "1::",
        "2001:db8::1",
        "2001:db8:0:0:1:0:0:1",
        "1:0:2:3:4:5:6:7",
        "0:0:1::",
        "1:2:3:4:5:6:7:8",
        "fe80::1:0:0:0",
        "10.0.0.7",
        "255.255.255.255",
        "0.0.0.0",
    ] {
        let address: std::net::IpAddr = text.parse().expect("an address");
        let prefix = Prefix::parse(text.as_bytes()).expect("a prefix");
        assert_eq!(prefix.to_string(), address.to_string());
    }
    for text in ["10.0.0.0/8", "2001:db8::/32", "0.0.0.0/0", "::/0", "10.1.0.0/31"] {
        assert_eq!(Prefix::parse(text.as_bytes()).expect("a prefix").to_string(), text);
    }
}
