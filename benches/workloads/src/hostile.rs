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
    /// The same, and what the victim's decision looks for meets others of its hash.
    CollidingEverything,
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
pub const OPENING: [Attack; 5] = [
    Attack::FewLengths,
    Attack::FewLengthsOfAnyAction,
    Attack::Fields,
    Attack::Everything,
    Attack::CollidingEverything,
];

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
        Attack::CollidingEverything => {
            list(r#"["s3:GetObject","s3:*","*"]"#, &colliding_lengths(victim, bytes / 50))
        }
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

/// Patterns of resources and of sixth fields whose hashes are those of as much of the victim's resource, which is
/// denied: of each length that the decision asks for.
fn colliding_lengths(victim: &str, count: usize) -> Vec<String> {
    let denied = format!("{}report", victim.replace("/home/", "/away/"));
    let field = denied.strip_prefix("arn:aws:s3:::").unwrap_or_default();
    let each = count / 15;
    let heads = (32..=38).filter_map(|len| denied.get(..len));
    let heads = heads.flat_map(|target| colliding(target, each)).map(|text| format!("{text}*"));
    let fields = (18..=25).filter_map(|len| field.get(..len));
    let fields = fields.flat_map(|target| colliding(target, each)).map(|text| format!("arn:*:s3:::{text}*"));
    // So that each length is there when not all fit.
    let (heads, fields): (Vec<_>, Vec<_>) = (heads.collect(), fields.collect());
    let nth =
        |list: &[String], at: usize| list.iter().skip(at).step_by(each.max(1)).cloned().collect::<Vec<_>>();
    (0..each).flat_map(|at| [nth(&heads, at), nth(&fields, at)].concat()).collect()
}

fn policy(action: &str, resources: &[String]) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":{action},"Resource":["{}"]}}]}}"#,
        resources.join(r#"",""#)
    )
}

const STEP: u64 = 0xADF8_5458_A2BB_4A9B;

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

fn words(text: &[u8]) -> Vec<u64> {
    text.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word)).collect()
}

/// The last eight bytes of a text.
fn last_word(text: &[u8]) -> u64 {
    text.last_chunk().map_or(0, |word| u64::from_le_bytes(*word))
}

/// The state of the engine's hash before it is finished (`hash::prefix` there).
fn state_of(text: &[u8]) -> u64 {
    let state = words(text).iter().fold(0, |state, word| step(state, *word));
    step(state, last_word(text))
}

/// Texts as long as `target`, which has two words or more, that have its hash in all of its 64 bits. Each step of the
/// hash can be undone: all bytes are chosen but those of the last whole word but one, and these follow from the others;
/// where they are text, they are kept.
#[must_use]
pub fn colliding(target: &str, count: usize) -> Vec<String> {
    let end = state_of(target.as_bytes());
    let own = b"abcdefghijklmnopqrstuvwxyz0123456789-./ABCDEFGHIJKLMNOPQRSTUVWXYZ_=+@";
    let free = (target.len() / 8 - 2) * 8;
    let front = if target.starts_with("arn:") { "arn:aws:s3:::bad" } else { "evil-bad" };
    let mut text =
        [front.get(..free).unwrap_or_default().as_bytes(), &vec![b'a'; target.len() - free]].concat();
    let start = words(&text[..free]).iter().fold(0, |state, word| step(state, *word));
    let mut found = Vec::new();
    for number in 0_usize.. {
        if found.len() == count {
            break;
        }
        let mut rest = number;
        for byte in text[free + 8..].iter_mut().take(8) {
            *byte = own[rest % own.len()];
            rest /= own.len();
        }
        let whole = u64::from_le_bytes(text[free + 8..].first_chunk().copied().unwrap_or_default());
        let before = unstep(unstep(end) ^ last_word(&text)) ^ whole;
        let third = (unstep(before) ^ start).to_le_bytes();
        if third.iter().all(|byte| own.contains(byte)) {
            text[free..free + 8].copy_from_slice(&third);
            found.extend(String::from_utf8(text.clone()));
        }
    }
    found
}
