//! Policies that a tenant writes to make the decisions of others dear: for tests and for the table of hostile cases.
//!
//! Each is about resources of its own. The texts are those of documents that AWS would take.

use std::fmt::Write;

/// What a hostile policy tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attack {
    /// Beginnings of resources whose hash is, in all of its bits, that of the victim's.
    Collisions,
    /// Beginnings of resources of every length.
    Lengths,
    /// The same, of every action of the service and of any action.
    LengthsOfAnyAction,
    /// Beginnings that branch off from the victim's, each the beginning of the next.
    Chain,
    /// Statements about one resource, each with a context key of its own.
    Keys,
    /// Statements under one key.
    OneKey,
    /// Names of actions, as many as fit.
    Actions,
    /// Beginnings of few lengths, each of which the victim's decision looks for.
    FewLengths,
    /// The same, of every action of the service and of any action.
    FewLengthsOfAnyAction,
    /// Beginnings of sixth fields, of few lengths.
    Fields,
    /// All of this: of each action part, beginnings of resources and of sixth fields.
    Everything,
}

/// Those that fill trees which the others have as well.
pub const ATTACKS: [Attack; 7] = [
    Attack::Collisions,
    Attack::Lengths,
    Attack::LengthsOfAnyAction,
    Attack::Chain,
    Attack::Keys,
    Attack::OneKey,
    Attack::Actions,
];

/// Those that give a tree other lengths, or open trees that nobody else has.
pub const OPENING: [Attack; 4] =
    [Attack::FewLengths, Attack::FewLengthsOfAnyAction, Attack::Fields, Attack::Everything];

/// The largest policy that AWS takes from a customer, in characters.
pub const LARGEST: usize = 6144;

/// What a tenant's resources begin with: 32 bytes, four words of the hash.
#[must_use]
pub fn beginning(tenant: usize) -> String {
    format!("arn:aws:s3:::tenant-{tenant:06}/home/")
}

/// The policy of an honest tenant.
#[must_use]
pub fn honest(tenant: usize) -> String {
    policy("\"s3:GetObject\"", &[format!("{}*", beginning(tenant))])
}

/// The policy of a hostile tenant against the tenant with the resources of `victim`, a [`beginning`]; at most `bytes`
/// long.
#[must_use]
pub fn hostile(attack: Attack, victim: &str, bytes: usize) -> String {
    let get = "\"s3:GetObject\"";
    let lengths: Vec<String> = (1..=114)
        .map(|len| format!("arn:aws:s3:::{}*", "evil".repeat(29).get(..len).unwrap_or_default()))
        .collect();
    let list = |action: &str, resources: &[String]| {
        let fit = (0..=resources.len()).rev().map(|count| policy(action, &resources[..count]));
        fit.into_iter().find(|text| text.len() <= bytes).unwrap_or_default()
    };
    let statements = |each: &dyn Fn(usize) -> String| {
        let mut text = String::new();
        for number in 0.. {
            let next = each(number);
            if text.len() + next.len() + 60 > bytes {
                break;
            }
            let comma = if text.is_empty() { "" } else { "," };
            let _ = write!(text, "{comma}{next}");
        }
        format!(r#"{{"Version":"2012-10-17","Statement":[{text}]}}"#)
    };
    match attack {
        Attack::Collisions => {
            let most = bytes / 37;
            list(get, &colliding(victim, most).iter().map(|text| format!("{text}*")).collect::<Vec<_>>())
        }
        Attack::Lengths => list(get, &lengths),
        Attack::LengthsOfAnyAction => list(r#"["s3:*","*"]"#, &lengths),
        Attack::FewLengths => list(get, &few_lengths("arn:aws:s3:::", victim, bytes / 64)),
        Attack::FewLengthsOfAnyAction => {
            list(r#"["s3:GetObject","s3:*","*"]"#, &few_lengths("arn:aws:s3:::", victim, bytes / 64))
        }
        Attack::Fields => list(get, &few_lengths("arn:*:s3:::", victim, bytes / 64)),
        Attack::Everything => list(
            r#"["s3:GetObject","s3:*","*"]"#,
            &[
                few_lengths("arn:aws:s3:::", victim, bytes / 128),
                few_lengths("arn:*:s3:::", victim, bytes / 128),
            ]
            .concat(),
        ),
        Attack::Chain => {
            // The victim's last byte is `/`, which comes before all of these.
            let start = victim.trim_end_matches('/');
            let chain: Vec<String> = (1..90).map(|len| format!("{start}{}*", ".".repeat(len))).collect();
            list(get, &chain)
        }
        Attack::Keys => statements(&|number| {
            format!(
                r#"{{"Effect":"Allow","Action":{get},"Resource":"arn:aws:s3:::evil/*","Condition":{{"StringEquals":{{"aws:RequestTag/{number}":"x"}}}}}}"#
            )
        }),
        Attack::OneKey => statements(&|_| {
            format!(r#"{{"Effect":"Allow","Action":{get},"Resource":"arn:aws:s3:::evil/*"}}"#)
        }),
        Attack::Actions => statements(&|number| {
            format!(r#"{{"Effect":"Allow","Action":"s3:{number:x}","Resource":"arn:aws:s3:::evil/*"}}"#)
        }),
    }
}

/// Patterns of the eight lengths that the victim's decision asks for first: up to those of its own resource, `report`.
fn few_lengths(head: &str, victim: &str, count: usize) -> Vec<String> {
    let longest = victim.len() + "report".len() - "arn:aws:s3:::".len();
    (0..count.max(8))
        .map(|number| format!("{head}evil{number:0width$}*", width = longest - 4 - number % 8))
        .collect()
}

fn policy(action: &str, resources: &[String]) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":{action},"Resource":["{}"]}}]}}"#,
        resources.join(r#"",""#)
    )
}

const STEP: u64 = 0xADF8_5458_A2BB_4A9B;
const LENGTH: u64 = 0xAFDC_5620_273D_3CF1;
const FINISH: u64 = 0xD8B9_C583_CE2D_3695;

/// A step of the engine's hash.
fn step(state: u64, word: u64) -> u64 {
    let product = (state ^ word).wrapping_mul(STEP);
    product ^ product >> 32
}

/// What `step` was given, as `state ^ word`.
fn unstep(state: u64) -> u64 {
    (state ^ state >> 32).wrapping_mul(inverse(STEP))
}

/// The inverse of an odd number, by Newton's iteration.
fn inverse(odd: u64) -> u64 {
    (0..6).fold(odd, |found, _| found.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(found))))
}

fn words(text: &str) -> Vec<u64> {
    text.as_bytes().as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word)).collect()
}

/// The engine's hash of a beginning of whole words (`hash::prefix` there).
#[must_use]
pub fn hash_of_words(text: &str) -> u64 {
    assert!(text.len().is_multiple_of(8) && !text.is_empty(), "whole words");
    let words = words(text);
    let state = words.iter().fold(0, |state, word| step(state, *word));
    let state = step(state, words[words.len() - 1]) ^ (text.len() as u64).wrapping_mul(LENGTH);
    let state = (state ^ state >> 29).wrapping_mul(FINISH);
    state ^ state >> 32
}

/// Texts as long as `target`, a [`beginning`], that have its hash in all of its 64 bits. Each step of the hash can be
/// undone: the first two words and the last are chosen, and the third follows from them; where it is text, it is kept.
///
/// # Panics
/// Where `target` is no beginning.
#[must_use]
pub fn colliding(target: &str, count: usize) -> Vec<String> {
    assert_eq!(target.len(), 32);
    let mut state = hash_of_words(target);
    state ^= state >> 32;
    state = state.wrapping_mul(inverse(FINISH));
    state ^= state >> 29 ^ state >> 58;
    let end = unstep(state ^ 32_u64.wrapping_mul(LENGTH));
    let own = b"abcdefghijklmnopqrstuvwxyz0123456789-./ABCDEFGHIJKLMNOPQRSTUVWXYZ_=+@";
    let mut found = Vec::new();
    let mut number = 0_usize;
    while found.len() < count {
        number += 1;
        let mut last = [0; 8];
        let mut rest = number;
        for byte in &mut last {
            *byte = own[rest % own.len()];
            rest /= own.len();
        }
        let first = b"arn:aws:s3:::bad";
        let last_word = u64::from_le_bytes(last);
        let before = unstep(end ^ last_word) ^ last_word;
        let start = words("arn:aws:s3:::bad").iter().fold(0, |state, word| step(state, *word));
        let third = (unstep(before) ^ start).to_le_bytes();
        if third.iter().all(|byte| own.contains(byte)) {
            let text = [&first[..], &third, &last].concat();
            found.extend(String::from_utf8(text));
        }
    }
    found
}
