//! One file on disk, hashed as it is written, and the manifest beside it.

use super::faults::{Damage, Faults};
use super::source::Source;
use anyhow::Context;
use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// One written file.
#[derive(Debug, Clone)]
pub struct WrittenFile {
    pub source: &'static str,
    pub path: PathBuf,
    /// Lines below the header.
    pub rows: u64,
    /// Rows that were damaged on purpose.
    pub dirty: u64,
}

/// A file being written.
pub(super) struct Sheet {
    source: &'static Source,
    morning: NaiveDate,
    path: PathBuf,
    lines: u64,
    dirty: u64,
    csv: csv::Writer<Hashed<BufWriter<File>>>,
}

impl Sheet {
    pub(super) fn create(
        out: &Path,
        source: &'static Source,
        morning: NaiveDate,
    ) -> anyhow::Result<Self> {
        let path = out.join(format!("{}_{}.csv", source.name, morning.format("%Y%m%d")));
        let file =
            File::create(&path).with_context(|| format!("cannot create {}", path.display()))?;
        let hashed = Hashed {
            inner: BufWriter::new(file),
            hash: Sha256::new(),
        };
        let csv = csv::WriterBuilder::new().flexible(true).from_writer(hashed);
        let mut sheet = Self {
            source,
            morning,
            path,
            lines: 0,
            dirty: 0,
            csv,
        };
        sheet.write(source.header())?;
        Ok(sheet)
    }

    pub(super) fn write<'f>(
        &mut self,
        fields: impl Iterator<Item = &'f str>,
    ) -> anyhow::Result<()> {
        for field in fields {
            self.csv.write_field(field)?;
        }
        self.csv.write_record(None::<&[u8]>)?;
        self.lines += 1;
        Ok(())
    }

    /// The lines of a damaged row, the last of which is noted as the fault.
    pub(super) fn write_damaged(
        &mut self,
        damage: &Damage,
        faults: &mut Faults,
    ) -> anyhow::Result<()> {
        for line in &damage.lines {
            self.write(line.iter().map(String::as_str))?;
        }
        self.dirty += 1;
        let file = self.path.file_name().map(|name| name.to_string_lossy());
        let at = (self.source.name, file.as_deref().unwrap_or(""), self.lines);
        faults.note(at, damage)
    }

    /// Closes the file and writes its manifest.
    pub(super) fn finish(self) -> anyhow::Result<WrittenFile> {
        let rows = self.lines - 1;
        let hashed = self
            .csv
            .into_inner()
            .map_err(|error| anyhow::anyhow!("cannot finish a file: {error}"))?;
        let sha256 = hashed.finish()?;
        let manifest = serde_json::json!({
            "rows": rows,
            "sha256": sha256,
            "as_at": self.morning.format("%Y-%m-%dT00:00:00").to_string(),
        });
        let beside = manifest_path(&self.path);
        std::fs::write(&beside, format!("{manifest}\n"))
            .with_context(|| format!("cannot write {}", beside.display()))?;
        Ok(WrittenFile {
            source: self.source.name,
            path: self.path,
            rows,
            dirty: self.dirty,
        })
    }
}

fn manifest_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".manifest.json");
    PathBuf::from(name)
}

/// Hashes what passes through.
struct Hashed<W> {
    inner: W,
    hash: Sha256,
}

impl<W: Write> Hashed<W> {
    fn finish(mut self) -> anyhow::Result<String> {
        self.inner.flush()?;
        let digest = self.hash.finalize();
        let mut text = String::new();
        for byte in digest {
            write!(text, "{byte:02x}")?;
        }
        Ok(text)
    }
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}
