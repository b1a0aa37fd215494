//! A strict JSON reader that keeps member order and the source text of numbers (section 1.1).

use std::collections::BTreeSet;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as written.
    Number(String),
    /// A string, unescaped.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object's members in document order.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The member of that exact name, if this is an object that has one.
    pub fn get(&self, name: &str) -> Option<&Json> {
        match self {
            Json::Object(members) => members.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }
}

/// Deepest legal nesting of containers (R-JSON-5).
const MAX_DEPTH: usize = 8;

struct Reader {
    text: Vec<char>,
    at: usize,
}

type Fault = &'static str;

/// Reads one document; `latin_only` asks for R-JSON-8.
pub fn read(bytes: &[u8], latin_only: bool) -> Result<Json, Fault> {
    // R-JSON-1
    if bytes.starts_with(&[0xEF, 0xBB, 0xBF]) {
        return Err("ENCODING");
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return Err("ENCODING") };
    // R-JSON-8, raw text
    if latin_only && !text.chars().all(is_latin) {
        return Err("BAD_CHARACTER");
    }
    let mut reader = Reader { text: text.chars().collect(), at: 0 };
    reader.spaces();
    let value = reader.value(0)?;
    reader.spaces();
    // R-JSON-2
    if reader.at < reader.text.len() {
        return Err("JSON_TRAILING");
    }
    // R-JSON-8, decoded strings
    if latin_only && !only_latin(&value) {
        return Err("BAD_CHARACTER");
    }
    Ok(value)
}

/// R-JSON-8: the characters that IAM's API takes.
fn is_latin(c: char) -> bool {
    matches!(c, '\u{9}' | '\u{A}' | '\u{D}' | '\u{20}'..='\u{FF}')
}

fn only_latin(value: &Json) -> bool {
    match value {
        Json::Null | Json::Bool(_) | Json::Number(_) => true,
        Json::Text(text) => text.chars().all(is_latin),
        Json::List(items) => items.iter().all(only_latin),
        Json::Object(members) => {
            members.iter().all(|(name, member)| name.chars().all(is_latin) && only_latin(member))
        }
    }
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Result<char, Fault> {
        let c = self.peek().ok_or("JSON_SYNTAX")?;
        self.at += 1;
        Ok(c)
    }

    fn expect(&mut self, wanted: char) -> Result<(), Fault> {
        if self.next()? == wanted { Ok(()) } else { Err("JSON_SYNTAX") }
    }

    /// R-JSON-9
    fn spaces(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\n' | '\r')) {
            self.at += 1;
        }
    }

    /// R-JSON-3: a value; `depth` counts the containers around it.
    fn value(&mut self, depth: usize) -> Result<Json, Fault> {
        match self.peek() {
            Some('{') => self.object(depth + 1),
            Some('[') => self.list(depth + 1),
            Some('"') => Ok(Json::Text(self.string()?)),
            Some('t') => self.word("true", Json::Bool(true)),
            Some('f') => self.word("false", Json::Bool(false)),
            Some('n') => self.word("null", Json::Null),
            Some('-' | '0'..='9') => self.number(),
            _ => Err("JSON_SYNTAX"),
        }
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json, Fault> {
        for c in word.chars() {
            self.expect(c)?;
        }
        Ok(value)
    }

    fn object(&mut self, depth: usize) -> Result<Json, Fault> {
        // R-JSON-5
        if depth > MAX_DEPTH {
            return Err("JSON_DEPTH");
        }
        self.expect('{')?;
        let mut members: Vec<(String, Json)> = Vec::new();
        let mut names = BTreeSet::new();
        self.spaces();
        if self.peek() == Some('}') {
            self.at += 1;
            return Ok(Json::Object(members));
        }
        loop {
            self.spaces();
            if self.peek() != Some('"') {
                return Err("JSON_SYNTAX");
            }
            let name = self.string()?;
            // R-JSON-4: compared after unescaping, case-sensitively.
            if !names.insert(name.clone()) {
                return Err("JSON_DUPLICATE_KEY");
            }
            self.spaces();
            self.expect(':')?;
            self.spaces();
            let value = self.value(depth)?;
            members.push((name, value));
            self.spaces();
            match self.next()? {
                ',' => {}
                '}' => return Ok(Json::Object(members)),
                _ => return Err("JSON_SYNTAX"),
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Json, Fault> {
        // R-JSON-5
        if depth > MAX_DEPTH {
            return Err("JSON_DEPTH");
        }
        self.expect('[')?;
        let mut items = Vec::new();
        self.spaces();
        if self.peek() == Some(']') {
            self.at += 1;
            return Ok(Json::List(items));
        }
        loop {
            self.spaces();
            items.push(self.value(depth)?);
            self.spaces();
            match self.next()? {
                ',' => {}
                ']' => return Ok(Json::List(items)),
                _ => return Err("JSON_SYNTAX"),
            }
        }
    }

    fn string(&mut self) -> Result<String, Fault> {
        self.expect('"')?;
        let mut out = String::new();
        loop {
            let c = self.next()?;
            match c {
                '"' => return Ok(out),
                '\\' => out.push(self.escape()?),
                '\u{0}'..='\u{1F}' => return Err("JSON_SYNTAX"),
                _ => out.push(c),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Fault> {
        match self.next()? {
            '"' => Ok('"'),
            '\\' => Ok('\\'),
            '/' => Ok('/'),
            'b' => Ok('\u{8}'),
            'f' => Ok('\u{C}'),
            'n' => Ok('\n'),
            'r' => Ok('\r'),
            't' => Ok('\t'),
            'u' => self.unicode_escape(),
            _ => Err("JSON_SYNTAX"),
        }
    }

    /// R-JSON-7: surrogates come in pairs.
    fn unicode_escape(&mut self) -> Result<char, Fault> {
        let first = self.four_hex()?;
        if (0xD800..0xDC00).contains(&first) {
            self.expect('\\')?;
            self.expect('u')?;
            let second = self.four_hex()?;
            if !(0xDC00..0xE000).contains(&second) {
                return Err("JSON_SYNTAX");
            }
            let joined = 0x10000 + (first - 0xD800) * 0x400 + (second - 0xDC00);
            return char::from_u32(joined).ok_or("JSON_SYNTAX");
        }
        // A low surrogate alone is no character.
        char::from_u32(first).ok_or("JSON_SYNTAX")
    }

    fn four_hex(&mut self) -> Result<u32, Fault> {
        let mut number = 0;
        for _ in 0..4 {
            let digit = self.next()?.to_digit(16).ok_or("JSON_SYNTAX")?;
            number = number * 16 + digit;
        }
        Ok(number)
    }

    fn number(&mut self) -> Result<Json, Fault> {
        let start = self.at;
        if self.peek() == Some('-') {
            self.at += 1;
        }
        // No leading zero.
        if self.peek() == Some('0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some('.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            self.at += 1;
            if matches!(self.peek(), Some('+' | '-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(Json::Number(self.text[start..self.at].iter().collect()))
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let start = self.at;
        while matches!(self.peek(), Some('0'..='9')) {
            self.at += 1;
        }
        if self.at == start { Err("JSON_SYNTAX") } else { Ok(()) }
    }
}
