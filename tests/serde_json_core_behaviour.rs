//! What the parser relies on in serde-json-core 0.7.0, and what it must not leave to it.
//!
//! Most of this is behaviour of the implementation and promised nowhere: the dependency is pinned to `=0.7.0`, and
//! whoever moves the pin reads here what has to hold. `src/parse/reader.rs` and `src/parse/json/gate.rs` are the readers.

use std::cell::RefCell;
use std::fmt;

use iamlet::parse::compile;
use iamlet::{CompileError, CompileOptions, PolicyKind, SmallScratch};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json_core::de::{Deserializer as Reader, Error};

/// What a visitor was told, in order.
#[derive(Debug, PartialEq, Eq)]
enum Told<'de> {
    Borrowed(&'de str),
    Copied(String),
    Unit,
    Elements(usize),
    Members(usize),
}

/// Asks for strings, in whatever container, and notes each.
#[derive(Clone, Copy)]
struct Probe<'n, 'de> {
    notes: &'n RefCell<Vec<Told<'de>>>,
    /// How a value is asked for.
    ask: Ask,
    /// Elements or members after which the visitor of a container returns.
    take: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ask {
    Str,
    Seq,
    Map,
    Ignored,
    Any,
}

impl<'de> DeserializeSeed<'de> for Probe<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.ask {
            Ask::Str => deserializer.deserialize_str(self),
            Ask::Seq => deserializer.deserialize_seq(self),
            Ask::Map => deserializer.deserialize_map(self),
            Ask::Ignored => deserializer.deserialize_ignored_any(self),
            Ask::Any => deserializer.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Probe<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<(), E> {
        self.notes.borrow_mut().push(Told::Borrowed(text));
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.notes.borrow_mut().push(Told::Copied(text.to_owned()));
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.notes.borrow_mut().push(Told::Unit);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<(), A::Error> {
        let mut count = 0;
        while count < self.take && array.next_element_seed(Self { ask: Ask::Str, ..self })?.is_some() {
            count += 1;
        }
        self.notes.borrow_mut().push(Told::Elements(count));
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut count = 0;
        while count < self.take && members.next_key_seed(Self { ask: Ask::Str, ..self })?.is_some() {
            members.next_value_seed(Self { ask: Ask::Ignored, ..self })?;
            count += 1;
        }
        self.notes.borrow_mut().push(Told::Members(count));
        Ok(())
    }
}

/// Reads `json` as one value; the notes, and what `end` says where the value is fine.
fn read(json: &str, ask: Ask, take: usize) -> Result<(Vec<Told<'_>>, Result<usize, Error>), Error> {
    let notes = RefCell::new(Vec::new());
    let mut reader = Reader::new(json.as_bytes(), None);
    Probe { notes: &notes, ask, take }.deserialize(&mut reader)?;
    Ok((notes.into_inner(), reader.end()))
}

const ALL: usize = usize::MAX;

#[test]
fn a_string_is_borrowed_from_the_input_with_its_escapes_as_they_stand() {
    for json in [r#""plain""#, r#"  "a\u002a\n\"\\" "#, r#""é🦀""#, r#""\ud83d\ude00""#, r#""""#] {
        let (told, end) = read(json, Ask::Str, ALL).expect("a string");
        let [Told::Borrowed(raw)] = told[..] else { panic!("{told:?}") };
        let opening = json.find('"').expect("a quote");
        assert_eq!(raw, &json[opening + 1..json.trim_end().len() - 1]);
        // Not an equal text elsewhere: the very bytes, so that the address tells the offset.
        assert_eq!(raw.as_ptr().addr() - json.as_ptr().addr(), opening + 1, "{json}");
        assert_eq!(end, Ok(json.len()));
    }
}

#[test]
fn with_an_unescape_buffer_an_escaped_string_would_no_longer_be_borrowed() {
    let notes = RefCell::new(Vec::new());
    let mut buffer = [0; 16];
    let mut reader = Reader::new(br#""a\u0062""#, Some(&mut buffer));
    Probe { notes: &notes, ask: Ask::Str, take: ALL }.deserialize(&mut reader).expect("a string");
    assert_eq!(notes.into_inner(), [Told::Copied("ab".to_owned())]);
}

#[test]
fn the_keys_of_a_map_are_read_by_deserialize_str() {
    let json = r#"{ "a" : "1" , "b\u0063" : "2" }"#;
    let (told, end) = read(json, Ask::Map, ALL).expect("a map");
    let expected = ["a", "1", r"b\u0063", "2"].map(Told::Borrowed);
    assert_eq!(told[..4], expected);
    assert_eq!(told[4..], [Told::Members(2)]);
    assert_eq!(end, Ok(json.len()));
}

#[test]
fn a_key_that_is_no_string_and_a_member_without_a_colon_are_refused() {
    assert_eq!(read("{1:2}", Ask::Map, ALL), Err(Error::KeyMustBeAString));
    assert_eq!(read(r#"{"a" "b"}"#, Ask::Map, ALL), Err(Error::ExpectedColon));
    assert_eq!(read(r#"{"a":"b" "c":"d"}"#, Ask::Map, ALL), Err(Error::ExpectedObjectCommaOrEnd));
    assert_eq!(read(r#"{"a":"b",}"#, Ask::Map, ALL), Err(Error::TrailingComma));
}

#[test]
fn after_the_visitor_of_an_array_the_reader_demands_its_end() {
    // The visitor may stop before next_element says None: only then is the bracket still to be read.
    for (json, take) in [(r#"["a","b"]"#, ALL), (r#"["a","b"]"#, 2), ("[ ]", 0), (r#"[ "a" ]"#, 1)] {
        let (_, end) = read(json, Ask::Seq, take).expect("an array");
        assert_eq!(end, Ok(json.len()), "{json}: the closing bracket was read, once");
    }
    assert_eq!(read(r#"["a","b"]"#, Ask::Seq, 1), Err(Error::TrailingCharacters));
    assert_eq!(read(r#"["a",]"#, Ask::Seq, 1), Err(Error::TrailingComma));
    assert_eq!(read(r#"["a""#, Ask::Seq, 1), Err(Error::EofWhileParsingList));
    assert_eq!(read(r#"["a"}"#, Ask::Seq, 1), Err(Error::TrailingCharacters));
}

#[test]
fn after_the_visitor_of_an_object_the_reader_demands_its_end() {
    for (json, take) in [(r#"{"a":"b"}"#, ALL), (r#"{"a":"b"}"#, 1), ("{ }", 0)] {
        let (_, end) = read(json, Ask::Map, take).expect("an object");
        assert_eq!(end, Ok(json.len()), "{json}: the closing brace was read, once");
    }
    assert_eq!(read(r#"{"a":"b","c":"d"}"#, Ask::Map, 1), Err(Error::TrailingComma));
    assert_eq!(read(r#"{"a":"b" "c":"d"}"#, Ask::Map, 1), Err(Error::TrailingCharacters));
    assert_eq!(read(r#"{"a":"b""#, Ask::Map, 1), Err(Error::EofWhileParsingObject));
    assert_eq!(read(r#"{"a":"b"]"#, Ask::Map, 1), Err(Error::TrailingCharacters));
}

/// Reads `json` as an object whose one value is ignored with serde's own visitor, as `reader::pass` does.
fn pass(json: &str) -> Result<usize, Error> {
    struct Passing;
    impl<'de> Visitor<'de> for Passing {
        type Value = ();
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
            while members.next_key::<&str>()?.is_some() {
                members.next_value::<IgnoredAny>()?;
            }
            Ok(())
        }
    }
    let mut reader = Reader::new(json.as_bytes(), None);
    reader.deserialize_map(Passing)?;
    reader.end()
}

#[test]
fn an_ignored_number_or_boolean_is_passed_up_to_the_delimiter_behind_it() {
    for scalar in ["0", "-12.5e+10", "true", "false", "null", "1 \n"] {
        let json = format!(r#"{{"a":{scalar},"b":{scalar}}}"#);
        let (told, end) = read(&json, Ask::Map, ALL).expect("an object");
        assert_eq!(told[1], Told::Unit, "{scalar}");
        assert_eq!(told[3], Told::Unit, "{scalar}");
        assert_eq!(told[4], Told::Members(2), "{scalar}");
        assert_eq!(end, Ok(json.len()));
        assert_eq!(pass(&json), Ok(json.len()));
    }
    // Without a delimiter it runs to the end of the input; a value that is not there is no value.
    assert_eq!(pass(r#"{"a":1"#), Err(Error::EofWhileParsingString));
    assert_eq!(pass(r#"{"a":}"#), Err(Error::ExpectedSomeValue));
}

#[test]
fn an_ignored_value_tells_strings_arrays_and_objects_apart_but_checks_nothing_else() {
    let json = r#"{"a":"text","b":["x"],"c":{"d":"y"}}"#;
    let (told, _) = read(json, Ask::Map, ALL).expect("an object");
    assert!(told.contains(&Told::Borrowed("text")), "{told:?}");
    assert!(told.contains(&Told::Elements(1)), "{told:?}");
    assert!(told.contains(&Told::Members(1)), "{told:?}");
    // What is no JSON at all passes: why the gate comes first.
    assert!(pass(r#"{"z":@!garbage "quoted}"#).is_ok());
}

#[test]
fn white_space_is_passed_around_every_token() {
    let json = " \t\r\n{ \"a\" \n:\r [ \t\"b\" , \"c\" ] , \"d\":\t1 } \n";
    let (told, end) = read(json, Ask::Map, ALL).expect("an object");
    assert!(told.contains(&Told::Elements(2)), "{told:?}");
    assert!(told.contains(&Told::Members(2)), "{told:?}");
    assert_eq!(end, Ok(json.len()));
    assert_eq!(read("\u{a0}\"a\"", Ask::Str, ALL), Err(Error::InvalidType), "no other space is one");
}

#[test]
fn the_end_reports_what_follows_the_value() {
    for json in [r#""a" x"#, r#""a""b""#, r#""a",1"#, "\"a\"\0"] {
        let (_, end) = read(json, Ask::Str, ALL).expect("a string");
        assert_eq!(end, Err(Error::TrailingCharacters), "{json}");
    }
}

#[test]
fn a_value_of_unknown_type_cannot_be_asked_for_so_the_parser_looks_at_its_first_byte() {
    assert_eq!(read(r#""a""#, Ask::Any, ALL), Err(Error::AnyIsUnsupported));
    // And a wrong guess is an error, not a panic.
    assert_eq!(read("[1]", Ask::Str, ALL), Err(Error::InvalidType));
    assert_eq!(read(r#""a""#, Ask::Seq, ALL), Err(Error::InvalidType));
    assert_eq!(read(r#""a""#, Ask::Map, ALL), Err(Error::InvalidType));
}

#[test]
fn an_error_of_a_visitor_comes_back_without_its_words_so_the_parser_keeps_its_own() {
    assert_eq!(Error::custom("refused"), Error::CustomError);
}

/// The gate refuses `json` inside a document that is good without it.
#[track_caller]
fn gate_refuses(value: &str) {
    let wrap = |value: &str| {
        format!(
            r#"{{"Statement":{{"Effect":"Deny","Action":{value},"Resource":"*"}},"Version":"2012-10-17"}}"#
        )
    };
    let compiled = |value: &str| {
        let text = wrap(value);
        let mut out = [0; 1024];
        compile(
            text.as_bytes(),
            PolicyKind::Identity,
            CompileOptions::default(),
            &mut SmallScratch::new(),
            &mut out,
        )
    };
    assert!(compiled(r#"["s3:*"]"#).is_ok(), "the wrapping itself is good");
    match compiled(value) {
        Err(CompileError::Refused(error)) => assert_eq!(error.fault.code(), "JSON_SYNTAX", "{value:?}"),
        other => panic!("{value:?}: {other:?}"),
    }
}

#[test]
fn a_leading_comma_in_an_array_is_read_as_nothing_so_the_gate_refuses_it() {
    let (told, _) = read(r#"[,"a"]"#, Ask::Seq, ALL).expect("the reader takes it");
    assert_eq!(told, [Told::Borrowed("a"), Told::Elements(1)]);
    // And one comma buys a second element without any.
    let (told, _) = read(r#"[,"a" "b"]"#, Ask::Seq, ALL).expect("the reader takes it");
    assert_eq!(told, [Told::Borrowed("a"), Told::Borrowed("b"), Told::Elements(2)]);
    gate_refuses(r#"[,"a:b"]"#);
    gate_refuses(r#"[,"a:b" "a:c"]"#);
}

#[test]
fn control_characters_in_strings_are_read_so_the_gate_refuses_them() {
    for byte in ["\n", "\0", "\t", "\u{1f}"] {
        let json = format!("\"a{byte}b\"");
        let (told, _) = read(&json, Ask::Str, ALL).expect("the reader takes it");
        assert_eq!(told, [Told::Borrowed(&format!("a{byte}b"))]);
        gate_refuses(&format!("\"a:{byte}b\""));
    }
}

#[test]
fn escapes_are_not_looked_at_so_the_gate_refuses_those_that_are_none() {
    for escape in [r"\u+041", r"\u12", r"\q", r"\ud800", r"\U0041"] {
        let json = format!("\"{escape}\"");
        let (told, _) = read(&json, Ask::Str, ALL).expect("the reader takes it");
        assert_eq!(told, [Told::Borrowed(escape)]);
        gate_refuses(&format!("\"a:{escape}\""));
    }
    // Nor may the reader's own unescaping be used: to it, a sign is a digit.
    let mut buffer = [0; 8];
    let notes = RefCell::new(Vec::new());
    let mut reader = Reader::new(br#""\u+041""#, Some(&mut buffer));
    Probe { notes: &notes, ask: Ask::Str, take: ALL }.deserialize(&mut reader).expect("the reader takes it");
    assert_eq!(notes.into_inner(), [Told::Copied("A".to_owned())]);
}
