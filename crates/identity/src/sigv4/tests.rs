//! Values of AWS's published test suite for Signature Version 4, and what must be refused.

use super::*;

const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, ";

fn key() -> AccessKey {
    AccessKey { id: "AKIDEXAMPLE".to_owned(), secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned() }
}

fn now() -> Timestamp {
    "2015-08-30T12:36:00Z".parse().unwrap()
}

struct Case<'a> {
    method: &'a str,
    path: &'a str,
    query: &'a str,
    headers: &'a [(&'a str, &'a str)],
    body: &'a str,
    signed: &'a str,
    signature: &'a str,
}

const VANILLA: Case<'_> = Case {
    method: "GET",
    path: "/",
    query: "",
    headers: &[("Host", "example.amazonaws.com"), ("X-Amz-Date", "20150830T123600Z")],
    body: "",
    signed: "host;x-amz-date",
    signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
};

fn check(case: &Case<'_>) -> Result<(), Reject> {
    let authorization = format!("{AUTHORIZATION}SignedHeaders={}, Signature={}", case.signed, case.signature);
    check_with(case, &authorization, now())
}

fn check_with(case: &Case<'_>, authorization: &str, now: Timestamp) -> Result<(), Reject> {
    let headers: Vec<_> = case.headers.iter().copied().chain([("Authorization", authorization)]).collect();
    let Case { method, path, query, body, .. } = *case;
    let request = Signed { method, path, query, headers: &headers, body: body.as_bytes() };
    verify(request, Expected { key: &key(), service: "service", headers: &["host"] }, now)
}

#[test]
fn the_published_values_verify() {
    let trimmed = [
        ("Host", "example.amazonaws.com"),
        ("My-Header1", " value1"),
        ("My-Header2", " \"a   b   c\""),
        ("X-Amz-Date", "20150830T123600Z"),
    ];
    let form = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Host", "example.amazonaws.com"),
        ("X-Amz-Date", "20150830T123600Z"),
    ];
    let cases = [
        VANILLA,
        Case {
            query: "Param2=value2&Param1=value1",
            signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
            ..VANILLA
        },
        Case { path: "/ሴ", signature: "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85", ..VANILLA },
        Case { path: "/example/..", ..VANILLA },
        Case { path: "//", ..VANILLA },
        Case {
            headers: &trimmed,
            signed: "host;my-header1;my-header2;x-amz-date",
            signature: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
            ..VANILLA
        },
        Case {
            method: "POST",
            signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
            ..VANILLA
        },
        Case {
            method: "POST",
            headers: &form,
            body: "Param1=value1",
            signed: "content-type;host;x-amz-date",
            signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
            ..VANILLA
        },
    ];
    for case in &cases {
        assert_eq!(check(case), Ok(()), "{} {}?{}", case.method, case.path, case.query);
    }
}

#[test]
fn whatever_is_signed_cannot_be_changed() {
    let mismatch = |case: Case<'_>| assert!(matches!(check(&case), Err(Reject::Mismatch(_))), "{}", case.path);
    mismatch(Case { method: "POST", ..VANILLA });
    mismatch(Case { path: "/other", ..VANILLA });
    mismatch(Case { query: "a=b", ..VANILLA });
    mismatch(Case { body: "x", ..VANILLA });
    mismatch(Case { headers: &[("Host", "other"), ("X-Amz-Date", "20150830T123600Z")], ..VANILLA });
    mismatch(Case { headers: &[("Host", "example.amazonaws.com"), ("X-Amz-Date", "20150830T123601Z")], ..VANILLA });
    let declared = [VANILLA.headers, &[("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")]].concat();
    mismatch(Case { headers: &declared, ..VANILLA });
    let other = VANILLA.signature.replace('5', "6");
    mismatch(Case { signature: &other, ..VANILLA });
}

#[test]
fn the_date_counts_for_five_minutes() {
    let signed = format!("{AUTHORIZATION}SignedHeaders=host;x-amz-date, Signature={}", VANILLA.signature);
    let at = |time: &str| check_with(&VANILLA, &signed, time.parse().unwrap());
    assert_eq!(at("2015-08-30T12:41:00Z"), Ok(()));
    assert_eq!(at("2015-08-30T12:31:00Z"), Ok(()));
    assert!(matches!(at("2015-08-30T12:41:01Z"), Err(Reject::Expired(_))));
    assert!(matches!(at("2015-08-30T12:30:59Z"), Err(Reject::Expired(_))));
}

#[test]
fn incomplete_and_foreign_signatures_are_refused() {
    let signature = VANILLA.signature;
    let with = |authorization: &str| check_with(&VANILLA, authorization, now());
    let scoped = |scope: &str, signed: &str| {
        with(&format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={signed}, Signature={signature}"))
    };
    let good = "AKIDEXAMPLE/20150830/us-east-1/service/aws4_request";
    assert_eq!(scoped(good, "host;x-amz-date"), Ok(()));
    for incomplete in ["", "Bearer x", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=a/b/c", AUTHORIZATION] {
        assert!(matches!(with(incomplete), Err(Reject::Incomplete(_))), "{incomplete}");
    }
    assert!(matches!(scoped(good, "x-amz-date"), Err(Reject::Incomplete(_))), "host must be signed");
    assert!(matches!(scoped(good, "host;absent"), Err(Reject::Incomplete(_))));
    assert!(matches!(scoped("AKIDEXAMPLE/20150830/us-east-1/s3/aws4_request", "host"), Err(Reject::Mismatch(_))));
    assert!(matches!(scoped("AKIDEXAMPLE/20150830/us-east-1/service/aws5", "host"), Err(Reject::Incomplete(_))));
    assert!(matches!(scoped("AKIDEXAMPLE/20150831/us-east-1/service/aws4_request", "host"), Err(Reject::Mismatch(_))));
    assert_eq!(scoped("AKIDOTHER/20150830/us-east-1/service/aws4_request", "host"), Err(Reject::UnknownKey));
    let request = Signed { method: "GET", path: "/", query: "", headers: VANILLA.headers, body: b"" };
    let expected = Expected { key: &key(), service: "service", headers: &[] };
    assert_eq!(verify(request, expected, now()), Err(Reject::Missing));
}

#[test]
fn what_botocore_signs_verifies() {
    let body = r#"{"UserPoolId": "local_frontdesk", "Username": "ann@example.com"}"#;
    for (path, signature) in [
        ("/", "b35963e85fbc1f103bfcdc0394be24cb0aa4b023d8429f2ca6c0d81ce7ef92a2"),
        ("/Prod", "5cc5d082e8f79fa009959ef1967a652f38eba9ac51047956a898c51e74cc502f"),
    ] {
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261120/eu-central-1/cognito-idp/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature={signature}"
        );
        let headers = [
            ("x-amz-target", "AWSCognitoIdentityProviderService.AdminDeleteUser"),
            ("content-type", "application/x-amz-json-1.1"),
            ("user-agent", "Botocore/1.43.11"),
            ("x-amz-date", "20261120T100000Z"),
            ("authorization", &authorization),
            ("host", "127.0.0.1:8080"),
        ];
        let request = Signed { method: "POST", path, query: "", headers: &headers, body: body.as_bytes() };
        let expected = Expected { key: &key(), service: "cognito-idp", headers: &["host", "x-amz-target"] };
        assert_eq!(verify(request, expected, "2026-11-20T10:00:00Z".parse().unwrap()), Ok(()), "{path}");
    }
}
