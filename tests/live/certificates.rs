//! A certificate authority that only this run of the tests trusts, and good and bad server certificates.

use std::{env, fs, path::Path};

use chrono::Datelike;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use sha2::{Digest, Sha256};
use tessera::model::Fingerprint;

/// Names the folder of this run's authority.
pub(crate) const FOLDER: &str = "TESSERA_TEST_AUTHORITY";

const CERTIFICATE_FILE: &str = "authority.pem";
const KEY_FILE: &str = "authority.key";

/// A server's certificate and key, in PEM.
#[derive(Clone)]
pub(crate) struct Certificate {
    pub(crate) certificate: String,
    pub(crate) key: String,
    pub(crate) sha256: Fingerprint,
}

/// Makes an authority and keeps it in a folder; answers the file to trust.
pub(crate) fn create_authority(folder: &Path) -> std::path::PathBuf {
    let key = KeyPair::generate().expect("a key for the authority");
    let certificate = authority_params()
        .self_signed(&key)
        .expect("a certificate of the authority");
    let file = folder.join(CERTIFICATE_FILE);
    fs::write(&file, certificate.pem()).expect("the authority's file is written");
    fs::write(folder.join(KEY_FILE), key.serialize_pem()).expect("the authority's key is written");
    file
}

/// The file of this run's authority.
pub(crate) fn authority_file() -> std::path::PathBuf {
    folder().join(CERTIFICATE_FILE)
}

/// One that is valid for this domain, by the authority of this run.
pub(crate) fn valid(domain: &str) -> Certificate {
    issued(params(domain))
}

/// One that was valid for this domain until some years ago.
pub(crate) fn expired(domain: &str) -> Certificate {
    let mut params = params(domain);
    params.not_before = date_time_ymd(2019, 1, 1);
    params.not_after = date_time_ymd(2020, 1, 1);
    issued(params)
}

/// One that will be valid for this domain in some years.
pub(crate) fn not_yet_valid(domain: &str) -> Certificate {
    let mut params = params(domain);
    params.not_before = date_time_ymd(2090, 1, 1);
    params.not_after = date_time_ymd(2091, 1, 1);
    issued(params)
}

/// One for this domain that nobody vouches for.
pub(crate) fn self_signed(domain: &str) -> Certificate {
    let key = KeyPair::generate().expect("a key");
    let certificate = params(domain)
        .self_signed(&key)
        .expect("a self-signed certificate");
    finished(&certificate, &key)
}

fn issued(params: CertificateParams) -> Certificate {
    let pem = fs::read_to_string(folder().join(KEY_FILE)).expect("the authority's key is there");
    let authority = Issuer::new(
        authority_params(),
        KeyPair::from_pem(&pem).expect("the authority's key is a key"),
    );
    let key = KeyPair::generate().expect("a key");
    let certificate = params
        .signed_by(&key, &authority)
        .expect("the authority signs");
    finished(&certificate, &key)
}

fn finished(certificate: &rcgen::Certificate, key: &KeyPair) -> Certificate {
    Certificate {
        certificate: certificate.pem(),
        key: key.serialize_pem(),
        sha256: Fingerprint(Sha256::digest(certificate.der()).into()),
    }
}

fn params(domain: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![domain.to_owned()]).expect("a host name");
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, domain.to_owned());
    // ejabberd sets a timer for the end, which must not lie centuries ahead.
    let year = chrono::Utc::now().year();
    params.not_before = date_time_ymd(year - 1, 1, 1);
    params.not_after = date_time_ymd(year + 2, 1, 1);
    params
}

fn authority_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, "Authority of one test run");
    params
}

fn folder() -> std::path::PathBuf {
    env::var_os(FOLDER)
        .expect("the tests run in a world of their own")
        .into()
}
