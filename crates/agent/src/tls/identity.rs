//! The file with the TLS key and certificate: loaded if it exists, otherwise created.

use crate::files::{make_private, write_private};
use ring::digest::{SHA256, digest};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::NoServerSessionStorage;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;

/// Maximum number of bytes of the file that are read.
const MAX_FILE_BYTES: u64 = 64 << 10;

/// The name in the certificate. It does not matter: servers identify the certificate by its fingerprint.
const NAME: &str = "muster-agent";

/// Why there is no certificate; the text names the file and says what to do.
#[derive(Debug, Error)]
pub enum TlsError {
    /// The file exists but cannot be read.
    #[error("cannot read the TLS file {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// The file cannot be created.
    #[error("cannot write the TLS file {}: {source} (choose another file with --tls-file)", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// The file has unexpected content.
    #[error(
        "the TLS file {} does not contain a key and its certificate: {problem}; restore it, or delete it to create a new one, which every server must then be given",
        path.display()
    )]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// The key or the certificate cannot be created.
    #[error("cannot create a certificate: {0}")]
    Make(String),
}

/// A key and its certificate, ready for use.
pub struct Identity {
    config: Arc<ServerConfig>,
    sha256: String,
    notice: Option<String>,
}

impl Identity {
    /// Loads the identity from this file, or creates both. A file with other content is left alone, because
    /// servers have pinned what it contained.
    ///
    /// # Errors
    /// A [`TlsError`].
    pub fn load_or_create(path: &Path) -> Result<Self, TlsError> {
        let pem = match Self::read(path)? {
            Some(pem) => pem,
            None => make(path)?.into_bytes(),
        };
        let mut identity = parse_pem(&pem).map_err(|problem| TlsError::Content {
            path: path.to_owned(),
            problem,
        })?;
        identity.notice = make_private("TLS file", path);
        Ok(identity)
    }

    /// The TLS configuration for the listener.
    #[must_use]
    pub fn config(&self) -> &Arc<ServerConfig> {
        &self.config
    }

    /// SHA-256 of the certificate's DER, in lower-case hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// A notice about the file for the user.
    #[must_use]
    pub fn notice(&self) -> Option<&str> {
        self.notice.as_deref()
    }

    fn read(path: &Path) -> Result<Option<Vec<u8>>, TlsError> {
        if path.exists() && !path.is_file() {
            // Opening a pipe would block forever.
            return Err(TlsError::Content {
                path: path.to_owned(),
                problem: "it is not a regular file".to_owned(),
            });
        }
        let mut pem = Vec::new();
        let read =
            File::open(path).and_then(|file| file.take(MAX_FILE_BYTES).read_to_end(&mut pem));
        match read {
            Ok(_) => Ok(Some(pem)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(TlsError::Read {
                path: path.to_owned(),
                source,
            }),
        }
    }
}

/// Creates a key and a certificate without an effective expiry date: nobody checks its dates, and an expired
/// one would cause a false alarm.
fn make(path: &Path) -> Result<String, TlsError> {
    let failed = |error: rcgen::Error| TlsError::Make(error.to_string());
    let key = rcgen::KeyPair::generate().map_err(failed)?;
    let mut wanted = rcgen::CertificateParams::new([NAME.to_owned()]).map_err(failed)?;
    wanted.distinguished_name = rcgen::DistinguishedName::new();
    wanted
        .distinguished_name
        .push(rcgen::DnType::CommonName, NAME);
    let certificate = wanted.self_signed(&key).map_err(failed)?;
    let pem = format!("{}{}", key.serialize_pem(), certificate.pem());
    write_private(path, pem.as_bytes()).map_err(|source| TlsError::Write {
        path: path.to_owned(),
        source,
    })?;
    Ok(pem)
}

fn parse_pem(pem: &[u8]) -> Result<Identity, String> {
    let key = PrivateKeyDer::from_pem_slice(pem).map_err(|error| format!("no key ({error})"))?;
    let chain = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| format!("no certificate ({error})"))?;
    let first = chain.first().ok_or("no certificate")?;
    let sha256 = hexadecimal(digest(&SHA256, first).as_ref());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| error.to_string())?;
    // Servers keep their connections, so session resumption would only cost memory.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(Identity {
        config: Arc::new(config),
        sha256,
        notice: None,
    })
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_created_once_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("client_tls.pem");
        let made = Identity::load_or_create(&file).unwrap();
        assert_eq!(made.sha256().len(), 64);
        assert_eq!(
            Identity::load_or_create(&file).unwrap().sha256(),
            made.sha256()
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&file).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn two_agents_have_two_certificates() {
        let folder = tempfile::tempdir().unwrap();
        let identity = |name: &str| Identity::load_or_create(&folder.path().join(name)).unwrap();
        assert_ne!(identity("one").sha256(), identity("two").sha256());
    }

    #[test]
    fn a_path_that_is_not_a_file_does_not_block() {
        let folder = tempfile::tempdir().unwrap();
        let error = Identity::load_or_create(folder.path())
            .err()
            .unwrap()
            .to_string();
        assert!(error.contains("it is not a regular file"), "{error}");
    }

    #[test]
    fn a_damaged_file_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let [file, other] = ["one", "two"].map(|name| folder.path().join(name));
        let [first, second] = [&file, &other].map(|file| {
            Identity::load_or_create(file).unwrap();
            std::fs::read_to_string(file).unwrap()
        });
        let (key, _) = first.split_at(first.find("-----BEGIN CERT").unwrap());
        let (_, certificate) = second.split_at(second.find("-----BEGIN CERT").unwrap());
        for text in [
            "",
            "nonsense",
            key,
            certificate,
            &format!("{key}{certificate}"),
        ] {
            std::fs::write(&file, text).unwrap();
            let error = Identity::load_or_create(&file).err().unwrap().to_string();
            assert!(error.contains("delete it to create a new one"), "{error}");
            assert!(!error.contains("BEGIN"), "{error}");
            assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
        }
    }
}
