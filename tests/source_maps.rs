//! Source maps: where each statement stands in its document.
//!
//! The documents below have a `§` in front of the `{` of each statement. It is taken out before they are compiled, and the
//! place where it stood is counted in the most stupid way.

use iamlet::{
    CompileError, CompileOptions, Fault, LargeScratch, Layer, Layers, Levels, Policy, PolicyBuf, PolicyKind,
    PolicySetBuf, Position, Principal, RecordSlot, RequestInput, Resource, SmallScratch, Source, SourceMap,
    explain,
};

const STATEMENT: &str = r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#;

/// The document without its marks, and where they stood.
fn marked(text: &str) -> (String, Vec<Position>) {
    let (mut json, mut positions, mut line, mut column) = (String::new(), Vec::new(), 1, 1);
    for character in text.chars() {
        match character {
            '§' => positions.push(Position { line, column }),
            '\n' => (line, column) = (line + 1, 1),
            _ => column += 1,
        }
        if character != '§' {
            json.push(character);
        }
    }
    (json, positions)
}

/// All positions of a map.
fn positions(map: SourceMap<'_>) -> Vec<Position> {
    (0..).map_while(|statement| map.position(statement)).collect()
}

/// The document has its statements where the marks are, in memory of any sort and size.
fn is_mapped(text: &str) {
    let (json, expected) = marked(text);
    let (kind, options) = (PolicyKind::Identity, CompileOptions::default());
    let (policy, map) =
        PolicyBuf::compile_mapped(kind, &json, options).unwrap_or_else(|why| panic!("{why}: {json}"));
    assert_eq!(map.len(), SourceMap::size(expected.len()), "{json}");
    assert_eq!(positions(SourceMap::new(&map)), expected, "{json}");
    assert_eq!(
        policy,
        PolicyBuf::compile(kind, &json).expect("a policy"),
        "the map changes nothing in the image"
    );

    let (mut image, mut room) = (vec![0; policy.as_bytes().len()], vec![0; map.len()]);
    let mut scratch = Box::new(LargeScratch::new());
    let (view, mapped) = Policy::compile_mapped(kind, &json, options, &mut *scratch, &mut image, &mut room)
        .expect("room enough");
    assert_eq!((view.statement_count(), mapped.as_bytes()), (expected.len(), &map[..]), "{json}");
}

#[test]
fn a_statement_stands_where_its_bracket_is() {
    for text in [
        // One statement, which is no list.
        r#"{"Version": "2012-10-17", "Statement": §S}"#,
        r#"{"Statement":§S,"Version":"2012-10-17"}"#,
        "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": §S\n}\n",
        // Lists, on one line and on several.
        r#"{"Version": "2012-10-17", "Statement": [§S]}"#,
        r#"{"Version": "2012-10-17", "Statement": [§S, §S,§S]}"#,
        "{\"Statement\": [\n§S,\n\n  §S, §S\n]\n, \"Version\": \"2012-10-17\"}",
        "\n\n\n{\"Version\": \"2012-10-17\", \"Id\": \"x\", \"Statement\"\n:\n[\n§S\n,\n§S]}",
        // CR LF ends one line, CR alone none.
        "{\r\n\"Version\": \"2012-10-17\",\r\n\"Statement\": [\r\n\t§S,\r\n\t§S]\r\n}\r\n",
        "{\r\"Version\": \"2012-10-17\",\r\"Statement\": [\r§S,\r\r§S]}",
        // A tab is one character.
        "{\t\"Version\": \"2012-10-17\",\n\t\t\"Statement\":\t[\t§S,\t\t§S\t]}",
        // Escapes count as they are written, also in the names of members.
        r#"{"Id": "\"\\\u00e9\n{[", "Version": "2012-10-17", "\u0053tatement": [§S, §S]}"#,
        r#"{"Id": "\"Statement\": [{", "Version": "2012-10-17", "Statement": §S}"#,
        // Characters of more bytes in front of the statement, on its line.
        r#"{"Id": "é中😀", "Version": "2012-10-17", "Statement": [§S, §S]}"#,
        r#"{"Version": "2012-10-17", "Statement": [§{"Sid": "a", "Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::é/😀"}, §S]}"#,
        // Objects in a statement are none.
        r#"{"Version": "2012-10-17", "Statement": [
            §{"Condition": {"Bool": {"aws:SecureTransport": "false"}, "StringLike": {"a:b": ["{", "}"]}},
              "Effect": "Deny", "Action": ["s3:*", "ec2:*"], "Resource": "*"}, §S,
            §{"Resource": ["*"], "Action": ["*"], "Effect": "Deny", "Condition": {}}, §S]}"#,
    ] {
        is_mapped(&text.replace("§S", &format!("§{STATEMENT}")).replace(r#", "Condition": {}"#, ""));
    }
}

/// White space and texts of every sort between many statements, in every class of scratch memory.
#[test]
fn many_statements_stand_where_their_brackets_are() {
    let between = [" ", "\n", "\r\n", "\t", "\n\n  ", "", "      ", "\r"];
    let sids = ["", "a", "é", "中中", "😀", "\\n", "\\\"", "{"];
    let mut state = 1_u32;
    let mut random = |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) as usize % below
    };
    for count in [1, 2, 7, 32, 33, 256, 257, 4_096] {
        let statement = |random: &mut dyn FnMut(usize) -> usize| {
            let [before, after, sid] = [between[random(8)], between[random(8)], sids[random(8)]];
            format!(
                r#"{before}§{{{after}"Resource": "*", "Action": "*", "Effect": "Deny", "Condition": {{"StringLike": {{"a:b": "{sid}"}}}}}}{after}"#
            )
        };
        let list: Vec<_> = (0..count).map(|_| statement(&mut random)).collect();
        is_mapped(&format!(r#"{{"Statement": [{}], "Version": "2012-10-17"}}"#, list.join(",")));
    }
}

/// A line of a mebibyte with a position on it for each statement takes one pass, and not one for each.
#[test]
fn a_long_line_of_statements_is_passed_once() {
    let gap = " ".repeat(200);
    let list = vec![format!("{gap}§{STATEMENT}"); 4_000];
    is_mapped(&format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, list.join(",")));
}

#[test]
fn nothing_is_written_but_all() {
    let (json, expected) =
        marked(&format!(r#"{{"Version": "2012-10-17", "Statement": [§{STATEMENT}, §{STATEMENT}]}}"#));
    let (kind, options) = (PolicyKind::Identity, CompileOptions::default());
    let image_size = PolicyBuf::compile(kind, &json).expect("a policy").as_bytes().len();
    let map_size = SourceMap::size(expected.len());
    let needed = CompileError::OutputsTooSmall { image: image_size, map: map_size };
    assert_eq!(needed.to_string(), format!("the image needs {image_size} bytes, and the source map 16"));
    let mut scratch = SmallScratch::new();
    for image_len in [0, 1, image_size - 1, image_size, image_size + 1] {
        for map_len in [0, 1, 8, map_size - 1, map_size, map_size + 1] {
            let (mut image, mut map) = (vec![0xA5; image_len], vec![0xA5; map_len]);
            let compiled = Policy::compile_mapped(kind, &json, options, &mut scratch, &mut image, &mut map);
            if image_len >= image_size && map_len >= map_size {
                let (policy, map) = compiled.expect("room enough");
                assert_eq!((policy.statement_count(), positions(map)), (2, expected.clone()));
                assert_eq!(map.as_bytes().len(), map_size);
            } else {
                assert_eq!(compiled.expect_err("too little room"), needed, "{image_len} {map_len}");
                assert!(image.iter().chain(&map).all(|byte| *byte == 0xA5), "{image_len} {map_len}");
            }
        }
    }
}

#[test]
fn a_refused_document_has_no_map() {
    let good = STATEMENT;
    for (json, fault) in [
        (
            format!(r#"{{"Version": "2012-10-17", "Statement": [{good}, {{"Effect": "Deny"}}]}}"#),
            Fault::MissingElement,
        ),
        (format!(r#"{{"Version": "2012-10-17", "Statement": [{good}, 1]}}"#), Fault::WrongType),
        (format!(r#"{{"Version": "2012-10-17", "Statement": [{good}]"#), Fault::JsonSyntax),
        (format!(r#"{{"Version": "1999-10-17", "Statement": [{good}]}}"#), Fault::BadVersion),
        (format!(r#"{{"Statement": {good}, "Statement": {good}}}"#), Fault::JsonDuplicateKey),
        (
            format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, vec![good; 33].join(",")),
            Fault::Capacity,
        ),
    ] {
        let (mut image, mut map) = ([0xA5; 4_096], [0xA5; 4_096]);
        let (kind, options) = (PolicyKind::Identity, CompileOptions::default());
        let compiled =
            Policy::compile_mapped(kind, &json, options, &mut SmallScratch::new(), &mut image, &mut map);
        assert!(
            matches!(compiled, Err(CompileError::Refused(why)) if why.fault == fault),
            "{json}: {compiled:?}"
        );
        assert!(image.iter().chain(&map).all(|byte| *byte == 0xA5), "{json}");
        let owned = PolicyBuf::compile_mapped(kind, &json, options);
        assert_eq!(owned.is_ok(), fault == Fault::Capacity, "more memory is there: {json}");
    }
}

/// No document has more statements for its size than the room for a map has.
#[test]
fn the_room_for_a_map_is_enough_for_the_densest_documents() {
    let scp = r#"{"Effect":"Allow","Action":"*"}"#;
    let options = CompileOptions { scp_assume_2012: true, ..CompileOptions::default() };
    for count in [1, 2, 16, 17, 100, 4_096] {
        let json = format!(r#"{{"Statement":[{}]}}"#, vec![scp; count].join(","));
        let (_, map) = PolicyBuf::compile_mapped(PolicyKind::ScpClassic, &json, options).expect("a policy");
        let room = SourceMap::room(json.len());
        assert!(map.len() == 8 * count && map.len() <= room, "{} bytes of {room}", map.len());
    }
}

#[test]
fn explanations_name_the_line() {
    let json = r#"{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "All",
            "Effect": "Allow",
            "Action": "*",
            "Resource": "*"
        },
        {
            "Sid": "RegionLock",
            "Effect": "Deny",
            "Action": "*",
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}
        }
    ]
}"#;
    let (policy, map) =
        PolicyBuf::compile_mapped(PolicyKind::ScpFull, json, CompileOptions::default()).expect("a policy");
    let set =
        PolicySetBuf::with_levels([policy.at(Layer::Scp).tag(7)], Levels { scp: 1, rcp: 0 }).expect("a set");
    let alice = Principal::user("arn:aws:iam::111122223333:user/alice");
    let instance = Resource::owned_by("arn:aws:ec2:us-east-1:111122223333:instance/i-1", "111122223333");
    let request = RequestInput::new(alice, "ec2:RunInstances", instance).absent(!Layers::SCP);
    let request = request.prepare().expect("a request");
    let mut room = [RecordSlot::EMPTY; 64];
    let sets = [set.set().expect("a set")];
    let (_, why) =
        explain(&sets, request.request().expect("a request"), None, &mut room).expect("a decision");
    let told = |map: &[u8]| {
        let sources = [Source { tag: 7, name: "scp/guardrails.json", map }];
        let why = why.with_sources(&sources);
        (why.to_string(), why.json().to_string(), why.simulation().to_string())
    };
    let (text, audit, simulation) = told(&map);
    assert!(text.contains("scp/guardrails.json:10 RegionLock"), "{text}");
    assert!(audit.contains(r#""line":10,"column":9"#), "{audit}");
    assert!(simulation.contains(r#""StartPosition":{"Line":10,"Column":9}"#), "{simulation}");
    // A map of another document, or none, has no place for it.
    for map in [&map[..8], &map[..15], &[0; 16], &[]] {
        let (text, audit, simulation) = told(map);
        assert!(text.contains("scp/guardrails.json statement 1 RegionLock"), "{text}");
        assert!(
            !audit.contains(r#""line""#) && !simulation.contains("StartPosition"),
            "{audit} {simulation}"
        );
    }
}
