//! Policy images that a stranger could write to make opening slow. They hold to the format, but for what each says.
//!
//! No compiler is asked: an image is bytes, and whoever sends one need not have had a document.

/// An image and what it is.
#[derive(Clone, Debug)]
pub struct HostileImage {
    /// What makes it hostile.
    pub name: String,
    /// The image, of the kind `identity`.
    pub image: Vec<u8>,
    /// Whether the engine opens it.
    pub opens: bool,
}

/// Bytes of text that the records of an image may name, for each byte of the image.
const NAMED_A_BYTE: usize = 8;

/// All of them, each of about `size` bytes; the first is the control, in which each resource has a text of its own.
#[must_use]
pub fn all(size: usize) -> Vec<HostileImage> {
    let image = |name: &str, image: Vec<u8>, opens| HostileImage { name: name.to_owned(), image, opens };
    vec![
        image("distinct resources (control)", control(size), true),
        image("one text of letters, named as often as may be", one_text(size, b"x", NAMED_A_BYTE), true),
        image(
            "one text of question marks, named as often as may be",
            one_text(size, b"\xFE", NAMED_A_BYTE),
            true,
        ),
        image(
            "one text of stars and letters, named as often as may be",
            one_text(size, b"\xFFx", NAMED_A_BYTE),
            true,
        ),
        image(
            "one text of variables, named as often as may be",
            one_text(size, b"\xFD\x80\x80", NAMED_A_BYTE),
            true,
        ),
        image("one text of colons, named as often as may be", one_text(size, b":", NAMED_A_BYTE), true),
        image("one text of letters, named once too often", one_text(size, b"x", NAMED_A_BYTE + 1), false),
        image("one text of letters, named without end", one_text(size, b"x", usize::MAX), false),
        image("one Sid of letters, as often as may be", one_sid(size, "x"), true),
        image("one Sid beyond ASCII, as often as may be", one_sid(size, "\u{20AC}"), true),
        image("one Sid of two bytes a character", one_sid(size, "\u{E9}"), true),
        image("one Sid of four bytes a character", one_sid(size, "\u{1F600}"), true),
        image("resources that are pieces of one text", pieces(size, 11, false), true),
        image("long resources that are pieces of one text", pieces(size, 70, false), true),
        image("values that are pieces of one text", pieces(size, 11, true), true),
        image("long values that are pieces of one text", pieces(size, 70, true), true),
        image("one name of 1 KB for all keys", one_key(size), true),
    ]
}

/// An image from its tables.
#[derive(Clone, Debug, Default)]
struct Tables {
    statements: Vec<[u8; 24]>,
    conditions: Vec<[u8; 10]>,
    spans: Vec<[u8; 8]>,
    keys: Vec<[u8; 12]>,
    variables: Vec<[u8; 10]>,
    text: Vec<u8>,
}

impl Tables {
    fn size(&self) -> usize {
        let Self { statements, conditions, spans, keys, variables, text } = self;
        32 + statements.len() * 24
            + conditions.len() * 10
            + spans.len() * 8
            + keys.len() * 12
            + variables.len() * 10
            + text.len()
    }

    fn image(&self) -> Vec<u8> {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes();
        let short = |count: usize| u16::try_from(count).unwrap_or(u16::MAX).to_le_bytes();
        let mut image = b"IAMp\x01\0\x01\x01".to_vec();
        for count in [self.size(), self.statements.len(), self.conditions.len(), self.spans.len()] {
            image.extend(number(count));
        }
        image.extend(short(self.keys.len()));
        image.extend(short(self.variables.len()));
        image.extend(number(self.text.len()));
        image.extend(self.statements.as_flattened());
        image.extend(self.conditions.as_flattened());
        image.extend(self.spans.as_flattened());
        image.extend(self.keys.as_flattened());
        image.extend(self.variables.as_flattened());
        image.extend(&self.text);
        image
    }

    /// Adds a text, and returns where it is and how long.
    fn text(&mut self, text: &[u8]) -> (usize, usize) {
        self.text.extend(text);
        (self.text.len() - text.len(), text.len())
    }

    fn span(&mut self, (start, len): (usize, usize), head: usize) {
        let mut span = [0; 8];
        span[..4].copy_from_slice(&u32::try_from(start).unwrap_or(u32::MAX).to_le_bytes());
        span[4..6].copy_from_slice(&u16::try_from(len).unwrap_or(u16::MAX).to_le_bytes());
        span[6..].copy_from_slice(&u16::try_from(head).unwrap_or(u16::MAX).to_le_bytes());
        self.spans.push(span);
    }

    /// Adds a statement of one action, and the resources that are the last spans.
    fn statement(&mut self, resources: usize, sid: (usize, usize)) {
        let mut statement = [0; 24];
        statement[4..6].copy_from_slice(&1_u16.to_le_bytes());
        statement[6..8].copy_from_slice(&u16::try_from(resources).unwrap_or(u16::MAX).to_le_bytes());
        let first = u32::try_from(self.spans.len() - resources - 1).unwrap_or(u32::MAX);
        statement[10..14].copy_from_slice(&first.to_le_bytes());
        statement[18..22].copy_from_slice(&u32::try_from(sid.0).unwrap_or(u32::MAX).to_le_bytes());
        statement[22..].copy_from_slice(&u16::try_from(sid.1).unwrap_or(u16::MAX).to_le_bytes());
        self.statements.push(statement);
    }

    /// Adds a `StringEquals` about the first key to the last statement; its values are the spans that follow.
    fn condition(&mut self, values: usize) {
        let mut condition = [0; 10];
        condition[4..6].copy_from_slice(&u16::try_from(values).unwrap_or(u16::MAX).to_le_bytes());
        condition[6..].copy_from_slice(&u32::try_from(self.spans.len()).unwrap_or(u32::MAX).to_le_bytes());
        self.conditions.push(condition);
        if let Some(statement) = self.statements.last_mut() {
            statement[8..10].copy_from_slice(&1_u16.to_le_bytes());
        }
    }
}

/// Resources of 40 bytes, with a star at the end.
#[must_use]
pub fn control(size: usize) -> Vec<u8> {
    let mut tables = Tables::default();
    let star = tables.text(b"\xFF");
    tables.span(star, 0);
    let mut resources = 0;
    while tables.size() < size && resources < 60_000 {
        let text = tables.text(format!("arn:aws:s3:::bucket-{resources:06}/home/ofsome/").as_bytes());
        tables.text(b"\xFF");
        tables.span((text.0, text.1 + 1), text.1);
        resources += 1;
    }
    tables.statement(resources, (0, 0));
    tables.image()
}

/// Resources that all name one text, which is made of `piece`; the sum is `times` the size.
#[must_use]
pub fn one_text(size: usize, piece: &[u8], times: usize) -> Vec<u8> {
    let mut tables = Tables::default();
    let star = tables.text(b"\xFF");
    tables.span(star, 0);
    let head = b"arn:aws:s3:::";
    let long = (size / 2).min(60_000) / piece.len();
    let name = tables.text(b"a:b");
    let resource = tables.text(&[&head[..], &piece.repeat(long)].concat());
    if piece[0] == 0xFD {
        tables.keys.push(key(0x2298_C613, name));
        tables.variables.push([0; 10]);
    }
    let literal = if piece[0] < 0xFD { resource.1 } else { head.len() };
    let room = (size / 2) / 8;
    let sum = times.saturating_mul(size - size / 20);
    let resources = room.min((sum / resource.1).max(1)).min(60_000);
    for _ in 0..resources {
        tables.span(resource, literal);
    }
    tables.statement(resources, (0, 0));
    // What is left of the size is text that nothing names.
    let rest = size.saturating_sub(tables.size());
    tables.text(&vec![b'x'; rest]);
    tables.image()
}

/// Resources or values that are all pieces of one text, of so many bytes: each differs from all others, and none has a
/// text of its own.
fn pieces(size: usize, len: usize, values: bool) -> Vec<u8> {
    let mut tables = Tables::default();
    let star = tables.text(b"\xFF");
    tables.span(star, 0);
    let name = tables.text(b"a:b");
    // Every other byte is a colon, so that a piece of eleven bytes has the colons of an ARN.
    let count = ((size - 200) / 10).min(60_000);
    let mut state = 1_u64;
    let letters: Vec<u8> = (0..count + len)
        .flat_map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            [b':', b'0' + (state >> 33) as u8 % 64]
        })
        .collect();
    let (start, _) = tables.text(&letters);
    if values {
        tables.keys.push(key(0x2298_C613, name));
        tables.span(star, 0);
        tables.statement(1, (0, 0));
        tables.condition(count);
    }
    for number in 0..count {
        tables.span((start + 2 * number, len), len);
    }
    if !values {
        tables.statement(count, (0, 0));
    }
    tables.image()
}

/// Statements that share one `Sid`.
#[must_use]
pub fn one_sid(size: usize, piece: &str) -> Vec<u8> {
    let mut tables = Tables::default();
    let star = tables.text(b"\xFF");
    let sid = tables.text(piece.repeat((size / 2).min(20_000) / piece.len()).as_bytes());
    let statements = (NAMED_A_BYTE * (size - size / 20) / sid.1).min(size / 2 / 40);
    for _ in 0..statements {
        tables.span(star, 0);
        tables.span(star, 0);
        tables.statement(1, sid);
    }
    let rest = size.saturating_sub(tables.size());
    tables.text(&vec![b'x'; rest]);
    tables.image()
}

/// Keys that all have one name.
#[must_use]
pub fn one_key(size: usize) -> Vec<u8> {
    let mut tables = Tables::default();
    let star = tables.text(b"\xFF");
    let name = tables.text(&[b"a:", &b"x".repeat(1_022)[..]].concat());
    tables.span(star, 0);
    tables.span(star, 0);
    tables.statement(1, (0, 0));
    for _ in 0..(NAMED_A_BYTE * (size - size / 20) / name.1).min(60_000) {
        tables.keys.push(key(0xA16B_F768, name));
    }
    let rest = size.saturating_sub(tables.size());
    tables.text(&vec![b'x'; rest]);
    tables.image()
}

/// A record of a key: the engine's hash of its name, and where that is.
fn key(hash: u32, (start, len): (usize, usize)) -> [u8; 12] {
    let mut key = [0; 12];
    key[..4].copy_from_slice(&hash.to_le_bytes());
    key[4..8].copy_from_slice(&u32::try_from(start).unwrap_or(u32::MAX).to_le_bytes());
    key[8..10].copy_from_slice(&u16::try_from(len).unwrap_or(u16::MAX).to_le_bytes());
    key
}
