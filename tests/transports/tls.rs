//! `https`, with a server whose certificate is trusted or is not.

use std::{
    env,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener},
    process::Command,
    sync::Arc,
    thread::{self, JoinHandle},
};

use http::Request;
use hubchannel::{Body, Reach, TransportErrorKind, hyper::HyperTransport, reqwest::ReqwestTransport};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair, KeyUsagePurpose,
};
use rustls::{
    ServerConfig, ServerConnection, Stream,
    crypto::aws_lc_rs,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

use crate::transport::Loopback;

/// Where a server for the child process is.
const SERVER: &str = "HUBCHANNEL_TLS_SERVER";

/// Somebody who signs certificates.
fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new([]).unwrap();
    params.distinguished_name = named("An authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A name of one's own: OpenSSL takes a certificate that has its authority's for its own authority.
fn named(name: &str) -> DistinguishedName {
    let mut named = DistinguishedName::new();
    named.push(DnType::CommonName, name);
    named
}

/// Takes so many connections, and gives back the requests that came out of them.
fn serve(authority: &CertifiedIssuer<'_, KeyPair>, connections: usize) -> (SocketAddr, JoinHandle<Vec<String>>) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    params.distinguished_name = named("localhost");
    let certificate = params.signed_by(&key, authority).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let served = thread::spawn(move || {
        let answer = |_| {
            let (mut socket, _) = listener.accept().unwrap();
            let mut connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = Stream::new(&mut connection, &mut socket);
            let mut request = vec![0; 4096];
            // Who does not trust the certificate hangs up.
            let read = stream.read(&mut request).unwrap_or(0);
            request.truncate(read);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}");
            String::from_utf8(request).unwrap()
        };
        (0..connections).map(answer).collect()
    });
    (address, served)
}

fn request(port: u16) -> Request<Body> {
    let address = format!("https://localhost:{port}/messages?hapikey=s3cret");
    Request::post(address).body(Body::from("{}")).unwrap()
}

async fn untrusted<T: Loopback>() {
    let (address, served) = serve(&authority(), 1);
    let error = T::limited(1_000).send(request(address.port())).await.unwrap_err();
    assert_eq!((error.kind(), error.reach()), (TransportErrorKind::Connect, Reach::NotSent), "{error}");
    assert!(error.to_string().contains("certificate"), "{error}");
    assert_eq!(served.join().unwrap(), [""], "a server that nobody trusts is told nothing");
}

#[tokio::test]
async fn a_server_whose_certificate_nobody_trusts_is_told_nothing() {
    untrusted::<ReqwestTransport>().await;
    untrusted::<HyperTransport>().await;
}

/// Whom a machine trusts is read once, so a process of its own trusts the authority. Elsewhere than on Linux a process
/// cannot be told.
#[cfg(target_os = "linux")]
#[test]
fn a_server_whose_certificate_is_trusted_is_asked_over_tls() {
    let authority = authority();
    let (address, served) = serve(&authority, 2);
    let folder = tempfile::tempdir().unwrap();
    let trusted = folder.path().join("authority.pem");
    std::fs::write(&trusted, authority.pem()).unwrap();
    let child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "tls::the_child_process_of_a_test"])
        .env("SSL_CERT_FILE", &trusted)
        .env_remove("SSL_CERT_DIR")
        .env(SERVER, address.port().to_string())
        .output()
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
    let requests = served.join().unwrap();
    for request in requests {
        assert!(request.starts_with("POST /messages?hapikey=s3cret HTTP/1.1\r\n"), "{request}");
        assert!(request.to_ascii_lowercase().contains("host: localhost:"), "{request}");
    }
}

/// Nothing unless it is told of a server.
#[tokio::test]
async fn the_child_process_of_a_test() {
    let Ok(port) = env::var(SERVER) else { return };
    let port = port.parse().unwrap();
    asked::<ReqwestTransport>(port).await;
    asked::<HyperTransport>(port).await;
}

async fn asked<T: Loopback>(port: u16) {
    let response = T::limited(1_000).send(request(port)).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(&response.body().as_bytes().unwrap()[..], b"{}");
}
