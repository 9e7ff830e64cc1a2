//! Watches the quotes of a CSV file on their way through. A quote left open
//! swallows the rows up to the next one without changing the number of fields,
//! so what merely looks odd is refused: text after a closing quote, and, unless
//! the contract allows it, a cell that runs over the end of its line.

use std::io::{self, Read};

/// Passes bytes on until a quote is out of place.
pub struct QuoteGuard<R> {
    inner: R,
    delimiter: u8,
    may_break_lines: bool,
    state: State,
    line: u64,
    /// Where the cell that is being read was opened.
    opened: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    CellStart,
    Plain,
    Quoted,
    /// After a quote inside a quoted cell: its end, or half of a doubled one.
    Closing,
}

impl<R: Read> QuoteGuard<R> {
    pub fn new(inner: R, delimiter: u8, may_break_lines: bool) -> Self {
        Self {
            inner,
            delimiter,
            may_break_lines,
            state: State::CellStart,
            line: 1,
            opened: 1,
        }
    }

    fn watch(&mut self, byte: u8) -> io::Result<()> {
        let ends_cell = byte == self.delimiter || byte == b'\n' || byte == b'\r';
        self.state = match (self.state, byte) {
            (State::CellStart, b'"') => {
                self.opened = self.line;
                State::Quoted
            }
            (State::Quoted, b'"') => State::Closing,
            (State::Quoted, b'\n') if !self.may_break_lines => return Err(self.runs_over()),
            (State::Closing, b'"') | (State::Quoted, _) => State::Quoted,
            (State::Closing, _) if !ends_cell => return Err(self.goes_on()),
            (_, _) if ends_cell => State::CellStart,
            (_, _) => State::Plain,
        };
        self.line += u64::from(byte == b'\n');
        Ok(())
    }

    fn runs_over(&self) -> io::Error {
        misplaced(format!(
            "line {}: a quote opened on this line is not closed on it; say `line_breaks = true` \
             in the contract if cells may hold line breaks",
            self.opened
        ))
    }

    fn goes_on(&self) -> io::Error {
        misplaced(format!(
            "line {}: text goes on after the quote that closes a cell opened on line {}; \
             a quote inside a cell is written twice",
            self.line, self.opened
        ))
    }
}

impl<R: Read> Read for QuoteGuard<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        for byte in &out[..read] {
            // Inside a plain or quoted cell only a few bytes mean anything.
            let is_ordinary = !matches!(*byte, b'"' | b'\n' | b'\r') && *byte != self.delimiter;
            if is_ordinary && matches!(self.state, State::Plain | State::Quoted) {
                continue;
            }
            self.watch(*byte)?;
        }
        if read == 0 && !out.is_empty() && self.state == State::Quoted {
            return Err(misplaced(format!(
                "line {}: a quote opened on this line is not closed",
                self.opened
            )));
        }
        Ok(read)
    }
}

fn misplaced(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, may_break_lines: bool) -> Result<String, String> {
        let mut out = String::new();
        QuoteGuard::new(text.as_bytes(), b',', may_break_lines)
            .read_to_string(&mut out)
            .map(|_| out)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn well_placed_quotes_pass() {
        for text in [
            "a,b\n1,2\n",
            "\"a\",\"b \"\"c\"\"\"\r\n\"\",\n",
            "5\" blade,x\n",
            "",
            "\"only\"",
        ] {
            assert_eq!(read(text, false).as_deref(), Ok(text));
        }
        assert!(read("\"two\nlines\",b\n", true).is_ok());
    }

    #[test]
    fn two_stray_quotes_cannot_swallow_the_rows_between_them() {
        let text = "id,name\n1,\"Smith\n2,Jones\n3,\"Lee\n";
        assert!(read(text, false).unwrap_err().contains("line 2"));
        assert!(read(text, true).unwrap_err().contains("line 4"));
        assert!(read("id\n\"a\n", true).unwrap_err().contains("line 2"));
    }
}
