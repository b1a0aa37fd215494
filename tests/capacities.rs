//! Capacities: what is full is named, nothing is truncated, and a larger class takes the same document (R-GEN-4).

use std::fmt::Write;

use iamlet::limits::{MAX_DOCUMENT, MAX_KEY_NAME, MAX_LIST, MAX_STRING};
use iamlet::parse::compile;
use iamlet::parse::scratch::Scratch;
use iamlet::{
    CompileError, CompileOptions, Fault, LargeScratch, MediumScratch, Policy, PolicyKind, Pool, Refusal,
    ScratchMemory, SmallScratch,
};

/// The classes, smallest first, with memory that is used for all documents of a test.
struct Classes {
    small: Box<SmallScratch>,
    medium: Box<MediumScratch>,
    large: Box<LargeScratch>,
}

const NAMES: [&str; 3] = ["small", "medium", "large"];

/// What no image consists of.
const CANARY: u8 = 0xA5;

impl Classes {
    fn new() -> Self {
        Self {
            small: Box::new(SmallScratch::new()),
            medium: Box::new(MediumScratch::new()),
            large: Box::new(LargeScratch::new()),
        }
    }

    /// Compiles in the class with this number, and checks what must hold whatever comes of it.
    fn compile(&mut self, class: usize, text: &str) -> Result<Vec<u8>, Refusal> {
        match class {
            0 => compile_in(&mut *self.small, text),
            1 => compile_in(&mut *self.medium, text),
            2 => compile_in(&mut *self.large, text),
            _ => unreachable!("there are three classes"),
        }
    }
}

fn compile_in(scratch: &mut impl ScratchMemory, text: &str) -> Result<Vec<u8>, Refusal> {
    let compile = |scratch: &mut _, out: &mut [u8]| {
        compile(text.as_bytes(), PolicyKind::Identity, CompileOptions::default(), scratch, out)
    };
    let size = match compile(&mut *scratch, &mut []) {
        Err(CompileError::OutputTooSmall(size)) => size,
        Err(CompileError::Refused(error)) => {
            let mut out = vec![CANARY; 2 * MAX_DOCUMENT];
            assert_eq!(compile(&mut *scratch, &mut out), Err(CompileError::Refused(error)));
            assert!(out.iter().all(|byte| *byte == CANARY), "a refused document leaves the output alone");
            return Err(error);
        }
        other => panic!("{other:?} without any memory"),
    };
    let mut out = vec![CANARY; size - 1];
    assert_eq!(compile(&mut *scratch, &mut out), Err(CompileError::OutputTooSmall(size)));
    assert!(out.iter().all(|byte| *byte == CANARY), "an output that is too small is left alone");
    let mut out = vec![CANARY; size + 16];
    assert_eq!(compile(&mut *scratch, &mut out), Ok(size));
    assert!(out[size..].iter().all(|byte| *byte == CANARY), "nothing is written behind the image");
    out.truncate(size);
    Ok(out)
}

/// A document of version 2012-10-17.
fn document(statements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)
}

/// A member or element each, with commas between.
fn joined(count: usize, mut item: impl FnMut(usize) -> String) -> String {
    (0..count).map(&mut item).collect::<Vec<_>>().join(",")
}

/// The pool is full with `limits[class] + 1` in each class and not before; the next class takes what was too much.
#[track_caller]
fn check(pool: Pool, limits: [usize; 3], document: impl Fn(usize) -> String) {
    let mut classes = Classes::new();
    for (class, limit) in limits.into_iter().enumerate() {
        let name = NAMES[class];
        let (fits, exceeds) = (document(limit), document(limit + 1));
        let image = classes.compile(class, &fits).unwrap_or_else(|error| {
            panic!("{limit} {} in the {name} class: {error}", pool.name());
        });
        Policy::open(&image).expect("an image");
        let error = classes.compile(class, &exceeds).expect_err("one too many");
        assert_eq!((error.fault, error.pool), (Fault::Capacity, Some(pool)), "{name}: {error}");
        assert!((error.offset as usize) < exceeds.len(), "{name}: {error}");
        assert_eq!(error.missing, None);
        for larger in class + 1..limits.len() {
            let image = classes.compile(larger, &exceeds).expect("a larger class takes it");
            Policy::open(&image).expect("an image");
            // Not an image of the part that fits the smaller class.
            assert!(image.len() > classes.compile(larger, &fits).expect("as before").len(), "{name}");
        }
    }
}

#[test]
fn a_full_pool_of_statements_is_named() {
    check(Pool::Statements, [32, 256, 4_096], |count| {
        document(&joined(count, |_| r#"{"Effect":"Allow","Action":"a:b","Resource":"*"}"#.to_owned()))
    });
}

#[test]
fn a_full_pool_of_conditions_is_named() {
    const OPERATORS: [&str; 4] = ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike"];
    check(Pool::Conditions, [48, 512, 8_192], |count| {
        // Four keys of four operators a statement; the last one has what is left.
        let statements = joined(count.div_ceil(16), |statement| {
            let here = (count - 16 * statement).min(16);
            let operators = joined(here.div_ceil(4), |operator| {
                let keys = joined((here - 4 * operator).min(4), |key| format!(r#""a:k{key}":"v""#));
                format!(r#""{}":{{{keys}}}"#, OPERATORS[operator])
            });
            format!(r#"{{"Effect":"Allow","Action":"a:b","Resource":"*","Condition":{{{operators}}}}}"#)
        });
        document(&statements)
    });
}

#[test]
fn a_full_pool_of_patterns_is_named() {
    check(Pool::Patterns, [384, 2_048, 24_576], |count| {
        let actions = joined(count - 1, |_| r#""a:b""#.to_owned());
        document(&format!(r#"{{"Effect":"Allow","Action":[{actions}],"Resource":"*"}}"#))
    });
}

#[test]
fn condition_values_and_resources_fill_the_pool_of_patterns_too() {
    check(Pool::Patterns, [384, 2_048, 24_576], |count| {
        let half = (count - 1) / 2;
        let resources = joined(half, |_| r#""*""#.to_owned());
        let values = joined(count - 1 - half, |_| r#""v""#.to_owned());
        document(&format!(
            r#"{{"Effect":"Deny","Action":"a:b","Resource":[{resources}],"Condition":{{"StringEquals":{{"a:k":[{values}]}}}}}}"#
        ))
    });
}

#[test]
fn a_full_pool_of_keys_is_named() {
    // Ten keys are those of variables, so that the pool of conditions is not full first.
    check(Pool::Keys, [48, 256, 2_048], |count| {
        let resource = (0..10).fold(String::new(), |mut resource, variable| {
            let _ = write!(resource, "${{v:k{variable}}}");
            resource
        });
        let keys = joined(count - 10, |key| format!(r#""a:k{key}":"true""#));
        document(&format!(
            r#"{{"Effect":"Allow","Action":"a:b","Resource":"arn:aws:a:::{resource}","Condition":{{"Null":{{{keys}}}}}}}"#
        ))
    });
}

#[test]
fn a_full_pool_of_variables_is_named() {
    check(Pool::Variables, [24, 128, 2_048], |count| {
        let resources = joined(count, |default| format!(r#""arn:aws:a:::${{v:k, '{default}'}}""#));
        document(&format!(r#"{{"Effect":"Allow","Action":"a:b","Resource":[{resources}]}}"#))
    });
}

#[test]
fn a_full_pool_of_text_is_named() {
    // The action has 3 bytes; each resource has 512 or what is left, and no two are alike.
    check(Pool::Text, [6_144, 40_960, 327_680], |bytes| {
        let resources = joined((bytes - 3).div_ceil(512), |resource| {
            let len = (bytes - 3 - 512 * resource).min(512);
            let text = format!("arn:aws:a:::{resource:04}");
            format!(r#""{text}{}""#, "x".repeat(len - text.len()))
        });
        document(&format!(r#"{{"Effect":"Allow","Action":"a:b","Resource":[{resources}]}}"#))
    });
}

/// A policy whose resource takes `bytes` bytes, the first of which is written as an escape.
fn escaped_resource(bytes: usize) -> String {
    let text = format!(r"\u0061rn:aws:a:::{}", "x".repeat(bytes - "arn:aws:a:::".len()));
    document(&format!(r#"{{"Effect":"Allow","Action":"a:b","Resource":"{text}"}}"#))
}

#[test]
fn a_string_with_escapes_that_exceeds_the_class_is_named() {
    check(Pool::String, [1_024, 4_096, MAX_STRING], escaped_resource);
}

#[test]
fn a_string_without_escapes_needs_no_room_but_that_of_its_text() {
    let plain = escaped_resource(6_000).replace(r"\u0061", "a");
    assert!(Classes::new().compile(0, &plain).is_ok());
    let mut classes = Classes::new();
    let longest = |bytes| escaped_resource(bytes).replace(r"\u0061", "a");
    assert!(classes.compile(2, &longest(MAX_STRING)).is_ok());
    let error = classes.compile(2, &longest(MAX_STRING + 1)).expect_err("longer than a span can say");
    assert_eq!((error.fault, error.pool), (Fault::Capacity, Some(Pool::String)), "{error}");
}

#[test]
fn a_document_of_a_mebibyte_is_taken_and_one_byte_more_is_not_in_any_class() {
    let mut text = document(r#"{"Effect":"Allow","Action":"a:b","Resource":"*"}"#);
    text.push_str(&" ".repeat(MAX_DOCUMENT - text.len()));
    let mut classes = Classes::new();
    let small = classes.compile(0, &text).expect("white space takes no room");
    text.push(' ');
    for (class, name) in NAMES.iter().enumerate() {
        let error = classes.compile(class, &text).expect_err("too large");
        assert_eq!((error.fault, error.pool), (Fault::Capacity, Some(Pool::Document)), "{name}: {error}");
        assert!(!error.located, "{name}: it is about the document as a whole");
    }
    assert_eq!(Policy::open(&small).expect("an image").statement_count(), 1);
}

#[test]
fn a_list_with_more_members_than_a_record_can_count_is_named_where_the_pool_would_take_them() {
    // No class has so large a pool; a caller in Rust may have one made.
    let mut scratch = Box::new(Scratch::<1, 1, 70_000, 1, 1, 64, 64, 64>::new());
    let values = |count: usize| joined(count, |_| r#""v""#.to_owned());
    let actions = |count: usize| joined(count, |_| r#""a:b""#.to_owned());
    let with_actions = |count: usize| {
        document(&format!(r#"{{"Effect":"Allow","Action":[{}],"Resource":"*"}}"#, actions(count)))
    };
    let with_values = |count: usize| {
        document(&format!(
            r#"{{"Effect":"Allow","Action":"a:b","Resource":"*","Condition":{{"StringEquals":{{"a:k":[{}]}}}}}}"#,
            values(count)
        ))
    };
    for text in [with_actions(MAX_LIST), with_values(MAX_LIST)] {
        let image = compile_in(&mut *scratch, &text).expect("as many as a record can count");
        Policy::open(&image).expect("an image");
    }
    for text in [with_actions(MAX_LIST + 1), with_values(MAX_LIST + 1)] {
        let error = compile_in(&mut *scratch, &text).expect_err("one too many");
        assert_eq!((error.fault, error.pool), (Fault::Capacity, Some(Pool::List)), "{error}");
    }
}

#[test]
fn the_longest_name_of_a_key_is_the_same_in_each_class_that_has_room_for_it() {
    let mut classes = Classes::new();
    let named = |len: usize| {
        let name = format!("a:{}", "k".repeat(len - 2));
        document(&format!(
            r#"{{"Effect":"Allow","Action":"a:b","Resource":"*","Condition":{{"StringEquals":{{"{name}":"v"}}}}}}"#
        ))
    };
    for (class, name) in NAMES.iter().enumerate().skip(1) {
        classes.compile(class, &named(MAX_KEY_NAME)).expect("the longest name");
        let error = classes.compile(class, &named(MAX_KEY_NAME + 1)).expect_err("a longer one");
        assert_eq!((error.fault, error.pool), (Fault::Capacity, Some(Pool::String)), "{name}");
    }
}

#[test]
fn scratch_memory_serves_again_after_it_was_full() {
    let mut classes = Classes::new();
    let statement = r#"{"Effect":"Allow","Action":"a:b","Resource":"arn:aws:s3:::${aws:username}"}"#;
    let good = document(statement);
    let first = classes.compile(0, &good).expect("an image");
    for exceeding in [escaped_resource(2_000), document(&joined(40, |_| statement.to_owned()))] {
        let error = classes.compile(0, &exceeding).expect_err("more than the class takes");
        assert_eq!(error.fault, Fault::Capacity, "{error}");
        assert_eq!(classes.compile(0, &good).expect("an image"), first);
    }
}

#[test]
fn the_same_document_gives_the_same_image_whatever_was_compiled_before() {
    // Texts that stand twice are found by a hash table, which must not remember another document.
    let actions = joined(190, |at| format!(r#""service-{at}:Verb{}""#, at * 7919));
    let statement = format!(r#"{{"Effect":"Allow","Action":[{actions}],"Resource":"*"}}"#);
    let text = document(&format!("{statement},{statement}"));
    let other = document(r#"{"Effect":"Deny","Action":"service-1:Verb7919","Resource":"*"}"#);
    let mut classes = Classes::new();
    for class in [0, 1, 2] {
        let first = classes.compile(class, &text).expect("an image");
        classes.compile(class, &other).expect("an image");
        assert!(classes.compile(class, &text).expect("an image") == first);
    }
}

#[test]
fn a_fault_of_the_document_is_not_hidden_by_a_capacity_that_comes_later() {
    let mut classes = Classes::new();
    let statements = joined(40, |at| {
        let effect = if at == 3 { "Perhaps" } else { "Allow" };
        format!(r#"{{"Effect":"{effect}","Action":"a:b","Resource":"*"}}"#)
    });
    let error = classes.compile(0, &document(&statements)).expect_err("no such effect");
    assert_eq!(error.fault, Fault::BadEffect, "{error}");
}
