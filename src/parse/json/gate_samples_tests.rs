//! What the tests of the gate and of its neighbours share: random JSON of which everything is known because
//! it was written down while it was made, the damage done to it, and the lines of `tests/data/invalid.jsonl`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

use std::collections::HashSet;
use std::rc::Rc;
use std::string::{String, ToString};
use std::vec::Vec;
use std::{format, vec};

/// How many random cases a test tries: fewer where the code is slow.
pub(crate) fn rounds(release: usize) -> usize {
    if cfg!(debug_assertions) { release / 20 } else { release }
}

/// A generator of random numbers (xorshift64), always the same for one seed.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % limit
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// A JSON text, and what is true of it by construction.
#[derive(Default)]
pub(crate) struct Sample {
    pub(crate) text: Vec<u8>,
    /// The pointer that belongs to each byte of the text.
    pub(crate) pointers: Vec<Rc<str>>,
    /// The offsets of names that repeat one of the same object.
    pub(crate) duplicates: HashSet<usize>,
    pub(crate) whitespace: usize,
    pub(crate) escapes: bool,
    pub(crate) depth: usize,
}

/// Characters with the ways to write them.
const SPELLINGS: &[(&str, &[&str])] = &[
    ("a", &["a", "a", "a", "\\u0061"]),
    ("B", &["B", "B", "\\u0042"]),
    ("s3:Get", &["s3:Get", "s3\\u003aGet"]),
    ("~", &["~", "\\u007E"]),
    ("/", &["/", "\\/", "\\u002f"]),
    ("\"", &["\\\"", "\\u0022"]),
    ("\\", &["\\\\", "\\u005C"]),
    ("\n", &["\\n", "\\u000a"]),
    ("\u{8}\u{c}\r\t\0", &["\\b\\f\\r\\t\\u0000"]),
    ("é", &["é", "\\u00e9"]),
    ("中", &["中", "\\u4E2d"]),
    ("😀", &["😀", "\\ud83d\\uDE00"]),
    ("\u{7f}\u{10ffff}", &["\u{7f}\u{10ffff}", "\\u007f\\udbff\\udfff"]),
    ("twelve bytes", &["twelve bytes"]),
    ("{[,: ]}", &["{[,: ]}"]),
];

impl Sample {
    pub(crate) fn new(random: &mut Random) -> Self {
        let mut sample = Self::default();
        sample.blank(random, "");
        sample.value(random, "", 8);
        sample.blank(random, "");
        sample
    }

    fn put(&mut self, text: &str, pointer: &str) {
        self.text.extend_from_slice(text.as_bytes());
        self.pointers.resize(self.text.len(), Rc::from(pointer));
    }

    fn blank(&mut self, random: &mut Random, pointer: &str) {
        let text = random.pick(&["", "", "", " ", "\n", "\r\n\t", "\n            ", "         "]);
        self.whitespace += text.len();
        self.put(text, pointer);
    }

    fn value(&mut self, random: &mut Random, pointer: &str, budget: usize) {
        let kind = random.below(if budget == 0 { 4 } else { 8 });
        // A step of a pointer for each container around the value, and no other slash.
        self.depth = self.depth.max(pointer.matches('/').count() + usize::from(kind >= 4));
        match kind {
            0 | 1 => {
                let (_, written) = self.string(random);
                self.put(&written, pointer);
            }
            2 => self.put(random.pick(&["true", "false", "null"]), pointer),
            3 => self.put(random.pick(&["0", "-0", "17", "-1.50", "0.1e+9", "2E-3", "12e999"]), pointer),
            4 | 5 => self.array(random, pointer, budget),
            _ => self.object(random, pointer, budget),
        }
    }

    /// A string that is not yet in the text: what it says, and how.
    fn string(&mut self, random: &mut Random) -> (String, String) {
        let (mut says, mut written) = (String::new(), String::from("\""));
        for _ in 0..random.below(4) {
            let (character, spellings) = random.pick(SPELLINGS);
            says.push_str(character);
            written.push_str(random.pick(spellings));
        }
        self.escapes |= written.contains('\\');
        written.push('"');
        (says, written)
    }

    fn array(&mut self, random: &mut Random, pointer: &str, budget: usize) {
        self.put("[", pointer);
        self.blank(random, pointer);
        for index in 0..random.pick(&[0, 1, 2, 3, 12]) {
            if index > 0 {
                self.put(",", pointer);
                self.blank(random, pointer);
            }
            self.value(random, &format!("{pointer}/{index}"), budget.saturating_sub(1 + index / 3));
            self.blank(random, pointer);
        }
        self.put("]", pointer);
    }

    fn object(&mut self, random: &mut Random, pointer: &str, budget: usize) {
        let mut names = HashSet::new();
        self.put("{", pointer);
        self.blank(random, pointer);
        for index in 0..random.pick(&[0, 1, 2, 3, 9]) {
            if index > 0 {
                self.put(",", pointer);
                self.blank(random, pointer);
            }
            let (says, written) = self.string(random);
            let member = format!("{pointer}/{}", says.replace('~', "~0").replace('/', "~1"));
            let start = self.text.len();
            if !names.insert(says) {
                self.duplicates.insert(start);
            }
            self.put(&written, &member);
            self.blank(random, pointer);
            self.put(":", pointer);
            self.blank(random, pointer);
            self.value(random, &member, budget.saturating_sub(1 + index / 3));
            self.blank(random, pointer);
        }
        self.put("}", pointer);
    }
}

/// What damage puts into a text.
const DAMAGE: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\"",
    b"\\",
    b"\\u",
    b"\\ud800",
    b"\\udc00",
    b"\\uDBFF\\uD",
    b"d8",
    b"DC",
    b"0",
    b"1",
    b"-",
    b"+",
    b".",
    b"e",
    b"E",
    b"t",
    b"true",
    b"nul",
    b"f",
    b" ",
    b"\n",
    b"\t",
    b"\x0c",
    b"\0",
    b"\x1f",
    b"\x7f",
    b"\x80",
    b"\xc3",
    b"\xc3\xa9",
    b"\xe4\xb8\xad",
    b"\xed\xa0\x80",
    b"\xf4\x90",
    b"\xff",
    b"\xef\xbb\xbf",
    b"'",
    b"/",
    b"//",
    b"a",
    b"[[[[[[[[[",
    b"01",
    b",]",
    b",}",
    b"\"a\":0,",
];

/// Damages a text in one to three places.
pub(crate) fn damage(text: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(3) {
        let at = random.below(text.len() + 1);
        let to = text.len().min(at + random.below(4));
        match random.below(8) {
            0 => text.truncate(at),
            1 | 2 => drop(text.drain(at..to)),
            3 => {
                let again = text[at..to].to_vec();
                text.splice(at..at, again);
            }
            4 if to > at => text[at] ^= 1 << random.below(8),
            5 => drop(text.splice(at..to, random.pick(DAMAGE).iter().copied())),
            _ => drop(text.splice(at..at, random.pick(DAMAGE).iter().copied())),
        }
    }
}

/// A line of `tests/data/invalid.jsonl` whose fault is one of the given codes.
pub(crate) struct Vector {
    pub(crate) id: String,
    pub(crate) code: String,
    pub(crate) at: String,
    pub(crate) offset: Option<usize>,
    pub(crate) policy: Vec<u8>,
}

/// The lines with these codes.
pub(crate) fn vectors(codes: &[&str]) -> Vec<Vector> {
    let mut vectors = vec![];
    for line in include_str!("../../../tests/data/invalid.jsonl").lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let word = |name: &str| line[name].as_str().unwrap_or_default().to_string();
        let policy = match line["policy_hex"].as_str() {
            Some(hex) => (0..hex.len())
                .step_by(2)
                .map(|at| u8::from_str_radix(hex.get(at..at + 2).unwrap(), 16).unwrap())
                .collect(),
            None => word("policy").into_bytes(),
        };
        let offset = line["offset"].as_u64().map(|offset| offset as usize);
        let vector = Vector { id: word("id"), code: word("code"), at: word("at"), offset, policy };
        if codes.contains(&vector.code.as_str()) {
            vectors.push(vector);
        }
    }
    vectors
}
