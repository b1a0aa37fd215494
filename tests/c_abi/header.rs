//! The structs and functions of the header, as C sees them.

use std::collections::BTreeMap;

/// A field of a struct or an argument of a function.
#[derive(Clone)]
pub(super) struct Member {
    pub name: String,
    pub kind: Kind,
}

#[derive(Clone)]
pub(super) enum Kind {
    Pointer {
        to: String,
        constant: bool,
    },
    Struct(String),
    /// A number of so many bytes.
    Number(usize),
    /// A `size_t`.
    Size,
}

pub(super) struct Header {
    pub structs: BTreeMap<String, Vec<Member>>,
    pub functions: Vec<(String, Vec<Member>)>,
}

impl Header {
    pub(super) fn read() -> Self {
        let text = without_comments(include_str!("../../include/iamlet.h"));
        let mut structs = BTreeMap::new();
        for part in text.split("typedef struct ").skip(1) {
            // One that is only named before it is there has no fields.
            let Some((name, rest)) = part.split_once('{').filter(|(name, _)| !name.contains(';')) else {
                continue;
            };
            let (body, _) = rest.split_once('}').expect("its end");
            structs.insert(name.trim().to_owned(), members(body, ';'));
        }
        let mut functions = Vec::new();
        for statement in text.split([';', '}', '{']) {
            let Some((before, rest)) = statement.split_once('(') else { continue };
            let Some(name) = before.split_whitespace().last().filter(|name| name.starts_with("iamlet_"))
            else {
                continue;
            };
            let arguments = rest.trim_end().trim_end_matches(')');
            functions.push((name.to_owned(), members(arguments, ',')));
        }
        Self { structs, functions }
    }

    /// Size and alignment of a type, by the rules of C.
    pub(super) fn layout(&self, kind: &Kind) -> (usize, usize) {
        match kind {
            Kind::Pointer { .. } | Kind::Size => (size_of::<usize>(), align_of::<usize>()),
            Kind::Number(bytes) => (*bytes, *bytes),
            Kind::Struct(name) => {
                let (mut end, mut align) = (0_usize, 1);
                for field in &self.structs[name] {
                    let (size, own) = self.layout(&field.kind);
                    (end, align) = (end.next_multiple_of(own) + size, align.max(own));
                }
                (end.next_multiple_of(align), align)
            }
        }
    }

    /// Size and alignment of what a pointer points to.
    pub(super) fn target(&self, to: &str) -> (usize, usize) {
        match number(to) {
            Some(kind) => self.layout(&kind),
            None if matches!(to, "void" | "char") => (1, 1),
            None => self.layout(&Kind::Struct(to.to_owned())),
        }
    }
}

fn number(name: &str) -> Option<Kind> {
    Some(match name {
        "uint8_t" => Kind::Number(1),
        "uint16_t" => Kind::Number(2),
        "uint32_t" => Kind::Number(4),
        "uint64_t" | "int64_t" => Kind::Number(8),
        "size_t" => Kind::Size,
        _ => return None,
    })
}

fn members(list: &str, separator: char) -> Vec<Member> {
    let read = |member: &str| {
        let words: Vec<_> = member.split_whitespace().filter(|word| *word != "struct").collect();
        let constant = words.first() == Some(&"const");
        let [kind, name] = words[usize::from(constant)..] else { panic!("`{member}` is not read") };
        let pointer = name.strip_prefix('*');
        let kind = match pointer {
            Some(_) => Kind::Pointer { to: kind.to_owned(), constant },
            None => number(kind).unwrap_or_else(|| Kind::Struct(kind.to_owned())),
        };
        Member { name: pointer.unwrap_or(name).to_owned(), kind }
    };
    list.split(separator).map(str::trim).filter(|member| !matches!(*member, "" | "void")).map(read).collect()
}

/// The header without comments and without lines for the preprocessor, which may go on in the next.
fn without_comments(text: &str) -> String {
    let mut out = String::new();
    for (at, part) in text.split("/*").enumerate() {
        out += if at == 0 { part } else { part.split_once("*/").expect("the end of a comment").1 };
    }
    out.replace("\\\n", "")
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .collect::<Vec<_>>()
        .join("\n")
}
