//! Principal and NotPrincipal elements made from the caller.

use super::Rng;
use super::pools::{A1, A9, CANONICAL, ORIGIN};
use super::statements::Aim;
use super::world::World;
use serde_json::{Value, json};

/// A legal Principal element for the kind; `negated` makes it a NotPrincipal list.
pub fn principal(rng: &mut Rng, world: &World, kind: &str, aim: Aim, negated: bool) -> Value {
    if kind == "rcp" {
        return json!("*");
    }
    if negated {
        return not_principal(rng, world, aim);
    }
    match aim {
        Aim::True => matching(rng, world, kind),
        Aim::Indet => unsure(rng, world, kind),
        Aim::False => stranger(rng, kind, Vec::new()),
    }
}

/// A list of `AWS` values; some accounts are written as numbers.
fn aws(rng: &mut Rng, texts: &[String]) -> Value {
    let mut list = Vec::new();
    for text in texts {
        match text.parse::<u64>() {
            Ok(number) if number.to_string() == *text && rng.chance(25) => list.push(json!(number)),
            _ => list.push(json!(text)),
        }
    }
    if list.len() == 1 && rng.chance(60) { json!({"AWS": list[0]}) } else { json!({"AWS": list}) }
}

/// The texts that name the caller.
fn own(world: &World) -> Vec<String> {
    let mut own = Vec::new();
    let account = &world.account;
    if !account.is_empty() {
        own.push(account.clone());
        own.push(format!("arn:{}:iam::{account}:root", world.partition));
    }
    for text in [&world.arn, &world.arn, &world.role_arn, &world.role_arn, &world.user_arn, &world.unique_id]
    {
        if is_legal_name(text) {
            own.push(text.clone());
        }
    }
    own
}

fn is_legal_name(text: &str) -> bool {
    !text.is_empty() && !text.contains('*')
}

fn matching(rng: &mut Rng, world: &World, kind: &str) -> Value {
    if rng.chance(22) {
        return if kind != "trust" && rng.chance(55) { json!("*") } else { json!({"AWS": "*"}) };
    }
    match world.kind.as_str() {
        "service" => return json!({"Service": [world.service, "ec2.amazonaws.com"]}),
        "saml" | "oidc" if kind == "trust" => return json!({"Federated": world.provider}),
        _ => {}
    }
    if kind == "resource" && !world.canonical.is_empty() && rng.chance(40) {
        return json!({"CanonicalUser": world.canonical});
    }
    let own = own(world);
    if own.is_empty() {
        return json!({"AWS": "*"});
    }
    let mut texts = vec![rng.pick(&own).clone()];
    if rng.chance(25) {
        texts.push(rng.pick(&own).clone());
    }
    if rng.chance(25) {
        return stranger(rng, kind, texts);
    }
    aws(rng, &texts)
}

/// Whether some Principal element can be INDET for the caller.
pub fn can_be_unsure(world: &World, kind: &str) -> bool {
    let is_outside = matches!(world.kind.as_str(), "service" | "saml" | "oidc");
    let has_unknown_user = world.kind == "federated_user" && world.user_arn.is_empty();
    let has_canonical = kind == "resource" && !world.arn.is_empty() && world.canonical.is_empty();
    is_outside || has_unknown_user || has_canonical
}

fn unsure(rng: &mut Rng, world: &World, kind: &str) -> Value {
    if world.kind == "federated_user" && world.user_arn.is_empty() && rng.chance(60) {
        return json!({"AWS": format!("arn:{}:iam::{}:user/carol", world.partition, world.account)});
    }
    if kind == "resource" && !world.arn.is_empty() && world.canonical.is_empty() {
        return json!({"CanonicalUser": CANONICAL});
    }
    json!({"AWS": "*"})
}

/// Somebody else, beside those who are there.
fn stranger(rng: &mut Rng, kind: &str, mut texts: Vec<String>) -> Value {
    match rng.below(8) {
        0 => {
            let service = rng.text(&[
                "ec2.amazonaws.com",
                "s3.us-east-1.amazonaws.com",
                "member.org.stacksets.cloudformation.amazonaws.com",
                "lambda.sc2s.sgov.gov",
                "ec2.amazonaws.eu",
            ]);
            json!({"Service": service})
        }
        1 if kind == "resource" => json!({"CanonicalUser": CANONICAL.replace('7', "8")}),
        2 if kind == "trust" => {
            let cognito = rng.text(&[
                "accounts.google.com",
                "cognito-identity.us-gov-west-1.amazonaws.com",
                "cognito-identity.cn-north-1.amazonaws.com.cn",
            ]);
            json!({"Federated": [cognito, "arn:aws:iam::111122223333:saml-provider/Old"]})
        }
        _ => {
            texts.push(rng.text(&[
                "444455556666",
                "arn:aws:iam::111122223333:user/carol",
                "arn:aws:iam::111122223333:user/ALICE",
                "arn:aws-us-gov:iam::111122223333:root",
                "arn:aws:iam::111122223333:role/other/App",
                "arn:aws:sts::111122223333:assumed-role/App/s9",
                "arn:aws:sts::999988887777:federated-user/zed",
                "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2OTHER",
                "AIDASTALESTALESTALE1",
                "AROASTALESTALESTALE1",
            ]));
            aws(rng, &texts)
        }
    }
}

/// A chain for NotPrincipal: whole for a statement that must not match, without the session for one that is to be
/// INDET, else broken.
fn not_principal(rng: &mut Rng, world: &World, aim: Aim) -> Value {
    let account = &world.account;
    if world.kind == "service" && aim != Aim::True {
        return json!({"Service": world.service, "AWS": A9});
    }
    let mut chain = Vec::new();
    if !account.is_empty() {
        let root = format!("arn:{}:iam::{account}:root", world.partition);
        chain.push(if rng.chance(50) { account.clone() } else { root });
    }
    for text in [&world.role_arn, &world.user_arn, &world.arn] {
        if is_legal_name(text) && !(world.kind == "root" && text.ends_with(":root")) {
            chain.push(text.clone());
        }
    }
    if world.kind == "role_session" && aim == Aim::Indet {
        chain.pop();
        if rng.chance(50) {
            chain.push(world.arn.replace("/s1", "/s3"));
        }
    }
    if aim == Aim::True && !chain.is_empty() {
        let at = rng.below(chain.len());
        chain.remove(at);
    }
    if chain.is_empty() || rng.chance(30) {
        let origin = format!("arn:aws:{ORIGIN}");
        chain.push(rng.text(&["444455556666", "arn:aws:iam::111122223333:user/carol", A1, &origin]));
    }
    aws(rng, &chain)
}
