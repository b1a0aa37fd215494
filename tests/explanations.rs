//! Explanations: texts that are understood by themselves.

use iamlet::PolicySet;
use iamlet_cases::Case;
use serde_json::{Value, json};

/// What is said of a case.
fn told(case: &Value) -> String {
    let case = Case::read(case).expect("a case");
    let compiled = case.compile().expect("policies");
    let set = PolicySet::open(&compiled.set).expect("a set");
    let prepared = case.request.prepare().expect("a request");
    prepared
        .explain(&[set], |_, _, why| {
            format!("{why}\n{}\n{}\n{}\n{}", why.sentence(), why.for_clients(), why.json(), why.simulation())
        })
        .expect("a decision")
}

fn alice(action: &str, resource: &str, context: Value) -> Value {
    json!({"principal": {"type": "user", "arn": "arn:aws:iam::111122223333:user/alice"}, "action": action,
        "resource": resource, "resource_account": "111122223333", "context": context})
}

fn full() -> Value {
    json!({"Version": "2012-10-17", "Statement": {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}})
}

#[test]
fn tour() {
    let lock = json!({"Version": "2012-10-17", "Statement": [{"Sid": "RegionLock", "Effect": "Deny", "Action": "*", "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "eu-west-1"]}}}]});
    println!(
        "{}\n",
        told(&json!({"policies": {"identity": [full()], "scp": [[full(), lock]]},
        "request": alice("ec2:RunInstances", "arn:aws:ec2:eu-central-1:111122223333:instance/i-1", json!({}))}))
    );
    let size = json!({"Version": "2012-10-17", "Statement": {"Sid": "Small", "Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*",
        "Condition": {"StringLike": {"ec2:InstanceType": "t3.*"}}}});
    println!(
        "{}\n",
        told(&json!({"policies": {"identity": [size]},
        "request": alice("ec2:RunInstances", "arn:aws:ec2:eu-central-1:111122223333:instance/i-1", json!({"ec2:InstanceType": ["m5.large"]}))}))
    );
    let two = json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Tls", "Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {"Sid": "Mfa", "Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"NumericGreaterThan": {"aws:MultiFactorAuthAge": "3600"}}}]});
    println!(
        "{}\n",
        told(&json!({"policies": {"identity": [full(), two]},
        "request": alice("s3:GetObject", "arn:aws:s3:::b/k", json!({"aws:SecureTransport": ["false"], "aws:MultiFactorAuthAge": ["7200"]}))}))
    );
    let ec2 = json!({"Version": "2012-10-17", "Statement": {"Sid": "OnlyEc2", "Effect": "Allow", "Action": "ec2:*", "Resource": "*"}});
    println!(
        "{}\n",
        told(&json!({"policies": {"identity": [full()], "scp": [[full()], [ec2], [full()]]},
        "request": alice("s3:GetObject", "arn:aws:s3:::b/k", json!({}))}))
    );
    let key = json!({"Version": "2012-10-17", "Statement": {"Sid": "Bob", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/bob"}, "Action": "kms:*", "Resource": "*"}});
    println!(
        "{}\n",
        told(&json!({"policies": {"identity": [full()], "resource": key},
        "request": alice("kms:Decrypt", "arn:aws:kms:eu-central-1:111122223333:key/1", json!({}))}))
    );
    println!(
        "{}\n",
        told(&json!({"policies": {"identity": [full()]},
        "request": alice("kms:Decrypt", "arn:aws:kms:eu-central-1:111122223333:key/1", json!({}))}))
    );
    println!(
        "{}\n",
        told(&json!({"policies": {"identity": [full(), two]},
        "request": alice("s3:GetObject", "arn:aws:s3:::b/k", json!({"aws:SecureTransport": ["true"], "aws:MultiFactorAuthAge": ["7"]}))}))
    );
}
