//! What cbindgen wrote, item by item, and each as it is printed.

use crate::comment;

/// Structs without an initializer: the library fills them, or IAMLET_TEXT does.
const WITHOUT_INIT: [&str; 4] = ["iamlet_text", "iamlet_policy_info", "iamlet_set_info", "iamlet_error"];

/// What an item is.
enum Kind {
    /// `#define NAME value`.
    Constant(String),
    /// The variants, each with its comment.
    Enum(Vec<(Vec<String>, String)>),
    /// The fields, each with its comment.
    Struct(Vec<(Vec<String>, String)>),
    /// The declaration, in one line.
    Function(String),
}

/// A constant, type or function of the header.
pub struct Item {
    /// Its name.
    pub name: String,
    comment: Vec<String>,
    kind: Kind,
}

/// Reads what cbindgen writes with functions of one line each.
///
/// # Errors
/// The line that is none of an item.
pub fn read(text: &str) -> Result<Vec<Item>, String> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut items = Vec::new();
    let mut comment = Vec::new();
    while let Some(line) = lines.next() {
        let plain = line.replace("struct ", "").replace("enum ", "");
        if line == "/**" {
            comment = comment::read(&mut lines);
        } else if let Some((name, value)) =
            line.strip_prefix("#define ").and_then(|rest| rest.split_once(' '))
        {
            items.push(Item::new(name, &mut comment, Kind::Constant(value.to_owned())));
        } else if let Some(name) = line.strip_suffix(" {").and_then(|line| line.strip_prefix("typedef ")) {
            let (kind, name) = name.split_once(' ').ok_or_else(|| line.to_owned())?;
            let mut members = Vec::new();
            let mut own = Vec::new();
            while let Some(line) = lines.next().filter(|line| !line.starts_with('}')) {
                if line == "/**" {
                    own = comment::read(&mut lines);
                } else {
                    let member = line.replace("struct ", "").replace("enum ", "");
                    members.push((std::mem::take(&mut own), member));
                }
            }
            let kind = if kind == "enum" { Kind::Enum(members) } else { Kind::Struct(members) };
            items.push(Item::new(name, &mut comment, kind));
        } else if let Some(name) = plain.split('(').next().and_then(|head| head.split_whitespace().last())
            && plain.ends_with(");")
        {
            items.push(Item::new(name, &mut comment, Kind::Function(plain.clone())));
        } else {
            return Err(format!("what cbindgen wrote is not understood: {line}"));
        }
    }
    Ok(items)
}

impl Item {
    fn new(name: &str, comment: &mut Vec<String>, kind: Kind) -> Self {
        Self { name: name.to_owned(), comment: std::mem::take(comment), kind }
    }

    /// Whether it stands apart from what is before and after it.
    #[must_use]
    pub const fn is_block(&self) -> bool {
        !matches!(self.kind, Kind::Constant(_))
    }

    /// Writes it, with its comment.
    pub fn write(&self, out: &mut String) {
        comment::write(&self.comment, "", out);
        match &self.kind {
            Kind::Constant(value) if value == "4294967295" => {
                *out += &format!("#define {} UINT32_C({value})\n", self.name);
            }
            Kind::Constant(value) => *out += &format!("#define {} {value}\n", self.name),
            Kind::Enum(members) => {
                write_members("enum", &self.name, members, out);
            }
            Kind::Struct(members) => {
                write_members("struct", &self.name, members, out);
                if !WITHOUT_INIT.contains(&self.name.as_str()) {
                    write_init(&self.name, members, out);
                }
            }
            Kind::Function(declaration) => write_function(declaration, out),
        }
    }
}

fn write_members(kind: &str, name: &str, members: &[(Vec<String>, String)], out: &mut String) {
    *out += &format!("typedef {kind} {name} {{\n");
    for (comment, member) in members {
        comment::write(comment, "    ", out);
        *out += &format!("    {member}\n");
    }
    *out += &format!("}} {name};\n");
}

/// The name of a struct's initializer.
fn init_name(name: &str) -> String {
    name.to_uppercase() + "_INIT"
}

/// The initializer of a struct: all zero but for its size. It has a value for each field, so that no compiler warns of
/// one that is missing.
fn write_init(name: &str, members: &[(Vec<String>, String)], out: &mut String) {
    let value = |(_, member): &(Vec<String>, String)| match member.trim_end_matches(';').split_once(' ') {
        Some((_, "struct_size")) => format!("sizeof({name})"),
        _ if member.contains('*') => "NULL".to_owned(),
        Some(("iamlet_text", _)) => "{NULL,~0}".to_owned(),
        Some((part, _)) if part.starts_with("iamlet_") => init_name(part),
        _ => "0".to_owned(),
    };
    let values: Vec<_> = members.iter().map(value).collect();
    wrap(&format!("#define {} {{{}}}", init_name(name), values.join(", ")), " \\", out);
}

fn write_function(declaration: &str, out: &mut String) {
    let must_use = if declaration.starts_with("iamlet_status ") { "IAMLET_MUST_USE " } else { "" };
    wrap(&format!("{must_use}{declaration}"), "", out);
}

/// Writes a line, broken after spaces where it is too long, with `mark` at the end of each broken line.
fn wrap(line: &str, mark: &str, out: &mut String) {
    let mut column = 0;
    // A type stays with its name, and what has `~` for a space together.
    for word in line.split_inclusive(", ") {
        let word = word.replace('~', " ");
        let len = word.trim_end().len();
        if column > 0 && column + len + mark.len() > comment::WIDTH {
            *out = out.trim_end_matches(' ').to_owned() + mark + "\n    ";
            column = 4;
        }
        *out += &word;
        column += word.len();
    }
    out.push('\n');
}
