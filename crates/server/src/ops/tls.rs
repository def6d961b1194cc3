//! The certificate of the dashboard: loaded from two files, and reloaded when they change.

use crate::poll::address::Fingerprint;
use anyhow::{Context as _, anyhow, bail};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio_rustls::TlsAcceptor;

/// Size limit of a file, in bytes: enough for a chain of a hundred certificates.
const MAX_FILE: u64 = 1024 * 1024;
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// A certificate with its key, as last loaded.
#[derive(Debug)]
pub struct Certificate {
    files: Files,
    current: RwLock<Arc<CertifiedKey>>,
}

#[derive(Clone, Debug)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

/// Computes the fingerprint of the first certificate in a PEM file.
///
/// # Errors
/// The file cannot be read or has no certificate.
pub fn read_fingerprint(certificate: &Path) -> anyhow::Result<Fingerprint> {
    let pem = read(certificate, "certificate (--tls-cert)")?;
    let first = CertificateDer::pem_slice_iter(&pem).next();
    match first {
        Some(Ok(first)) => Ok(Fingerprint::from_der(&first)),
        _ => bail!("no certificate found in {}", certificate.display()),
    }
}

/// The content of both files.
struct Content {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Certificate {
    /// Loads both files.
    ///
    /// # Errors
    /// A file cannot be read, or is not a valid certificate or key.
    pub fn load(certificate: &Path, key: &Path) -> anyhow::Result<Arc<Self>> {
        let files = Files {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
        };
        let current = RwLock::new(Arc::new(files.read()?.pair(&files)?));
        Ok(Arc::new(Self { files, current }))
    }

    /// A TLS acceptor for TLS 1.2 and 1.3 with HTTP/2 and HTTP/1.1.
    ///
    /// # Errors
    /// The TLS library cannot be configured.
    pub fn acceptor(self: &Arc<Self>) -> anyhow::Result<TlsAcceptor> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(self.clone());
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    /// Reloads the files when they change. An invalid pair is logged once, and the last valid pair stays in use.
    pub async fn run_forever(&self) {
        let mut known = None;
        let mut complaint = String::new();
        loop {
            match self.reload_if_changed(known).await {
                Ok((seen, is_new)) => {
                    if is_new && known.is_some() {
                        tracing::info!("loaded the changed certificate");
                    }
                    known = Some(seen);
                    complaint.clear();
                }
                Err(error) => {
                    let error = format!("{error:#}");
                    if complaint != error {
                        tracing::error!(%error, "cannot load the changed certificate; keeping the previous one");
                        complaint = error;
                    }
                }
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Loads the files if their content is not the known one; returns its fingerprint and whether it is new.
    async fn reload_if_changed(
        &self,
        known: Option<Fingerprint>,
    ) -> anyhow::Result<(Fingerprint, bool)> {
        let files = self.files.clone();
        let read = tokio::task::spawn_blocking(move || {
            let content = files.read()?;
            let seen = content.fingerprint();
            let is_new = known != Some(seen);
            let pair = is_new.then(|| content.pair(&files)).transpose()?;
            Ok::<_, anyhow::Error>((seen, pair))
        });
        let (seen, pair) = read.await??;
        let is_new = pair.is_some();
        if let Some(pair) = pair {
            *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(pair);
        }
        Ok((seen, is_new))
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let current = self.current.read();
        Some(current.unwrap_or_else(PoisonError::into_inner).clone())
    }
}

impl Files {
    fn read(&self) -> anyhow::Result<Content> {
        Ok(Content {
            certificate: read(&self.certificate, "certificate (--tls-cert)")?,
            key: read(&self.key, "key (--tls-key)")?,
        })
    }
}

impl Content {
    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::from_der(&[&self.certificate[..], &self.key[..]].concat())
    }

    fn pair(&self, files: &Files) -> anyhow::Result<CertifiedKey> {
        let (certificate, key) = (files.certificate.display(), files.key.display());
        let chain = CertificateDer::pem_slice_iter(&self.certificate)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| {
                anyhow!("{certificate} is not a PEM file with certificates: {error}")
            })?;
        if chain.is_empty() {
            bail!(
                "no certificate found in {certificate}: it must contain -----BEGIN CERTIFICATE-----"
            );
        }
        // The error must not reveal anything of the key.
        let secret = PrivateKeyDer::from_pem_slice(&self.key).map_err(|_| {
            anyhow!("no private key found in {key}: it must be an unencrypted PEM file")
        })?;
        let provider = rustls::crypto::ring::default_provider();
        CertifiedKey::from_der(chain, secret, &provider).map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => {
                anyhow!("the key in {key} does not belong to the certificate in {certificate}")
            }
            error => anyhow!("cannot use {certificate} and {key}: {error}"),
        })
    }
}

fn read(path: &Path, what: &str) -> anyhow::Result<Vec<u8>> {
    let mut content = Vec::new();
    let file = File::open(path);
    file.and_then(|file| file.take(MAX_FILE).read_to_end(&mut content))
        .with_context(|| format!("cannot read the {what} {}", path.display()))?;
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made() -> (String, String) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        (made.cert.pem(), made.signing_key.serialize_pem())
    }

    #[test]
    fn problems_with_the_files_are_reported() {
        let folder = tempfile::tempdir().unwrap();
        let [certificate, key] = ["cert.pem", "key.pem"].map(|name| folder.path().join(name));
        let ((good, its_key), (_, other_key)) = (made(), made());
        for (certificate_text, key_text, sentence) in [
            ("", &its_key[..], "no certificate found in"),
            (
                "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----",
                &its_key,
                "is not a PEM file with certificates",
            ),
            (&good, "nonsense", "no private key found in"),
            (&good, &other_key, "does not belong to the certificate"),
        ] {
            std::fs::write(&certificate, certificate_text).unwrap();
            std::fs::write(&key, key_text).unwrap();
            let error = Certificate::load(&certificate, &key).err().unwrap();
            assert!(error.to_string().contains(sentence), "{error}");
        }
        std::fs::write(&key, its_key).unwrap();
        assert!(Certificate::load(&certificate, &key).is_ok());
        let error = Certificate::load(&folder.path().join("none"), &key);
        assert!(error.err().unwrap().to_string().contains("(--tls-cert)"));
    }

    #[tokio::test]
    async fn a_bad_new_pair_keeps_the_last_good_one() {
        let folder = tempfile::tempdir().unwrap();
        let [certificate, key] = ["cert.pem", "key.pem"].map(|name| folder.path().join(name));
        let write = |(certificate_text, key_text): &(String, String)| {
            std::fs::write(&certificate, certificate_text).unwrap();
            std::fs::write(&key, key_text).unwrap();
        };
        let (first, second) = (made(), made());
        write(&first);
        let kept = Certificate::load(&certificate, &key).unwrap();
        let shown = || Fingerprint::from_der(&kept.current.read().unwrap().cert[0]);
        let before = shown();
        let (known, _) = kept.reload_if_changed(None).await.unwrap();
        assert!(!kept.reload_if_changed(Some(known)).await.unwrap().1);
        write(&(second.0.clone(), first.1.clone()));
        assert!(kept.reload_if_changed(Some(known)).await.is_err());
        assert_eq!(shown(), before);
        write(&second);
        assert!(kept.reload_if_changed(Some(known)).await.unwrap().1);
        assert_ne!(shown(), before);
    }
}
