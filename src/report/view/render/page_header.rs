//! What stands around every report: marking, dates, provenance, and the
//! questions its first screen answers.

use crate::report::format;
use crate::report::sentence::{Sentence, stale_notice};
use crate::report::view::Header;

#[derive(Debug)]
pub struct PageHeader {
    /// Name of the report: `Morning briefing`.
    pub name: String,
    pub marking: String,
    /// The marking reduced to letters, digits, spaces and hyphens, for the
    /// margins of a printed page, which are written in CSS.
    pub marking_for_margin: String,
    pub force: String,
    /// `Saturday 21 November 2026`.
    pub as_of: String,
    /// Data, edition, run and version in one line each.
    pub provenance: Vec<String>,
    pub page_url: Option<String>,
    pub is_synthetic: bool,
    /// Stands above everything else when the figures could not be renewed.
    pub notice: Option<Notice>,
}

#[derive(Debug)]
pub struct Notice {
    pub heading: &'static str,
    pub text: String,
}

/// One of the questions of the first screen, with its answer.
#[derive(Debug)]
pub struct Question {
    pub label: &'static str,
    pub answers: Vec<Link>,
}

/// A sentence ready to be placed: the target is safe, or absent.
#[derive(Debug)]
pub struct Link {
    pub before: String,
    pub linked: String,
    pub after: String,
    pub target: Option<String>,
    /// Where the link leads from a mail.
    pub mail_target: Option<String>,
}

impl PageHeader {
    pub fn new(name: &str, header: &Header) -> Self {
        Self {
            name: name.to_owned(),
            marking: header.marking.clone(),
            marking_for_margin: header.marking.chars().filter(|c| is_plain(*c)).collect(),
            force: header.force.clone(),
            as_of: format::weekday_date(header.as_of),
            provenance: provenance(header),
            page_url: header.page_url.as_deref().and_then(safe_target),
            is_synthetic: header.is_synthetic,
            notice: header.stale.as_ref().map(|stale| Notice {
                heading: stale_notice::HEADING,
                text: stale_notice::notice(stale),
            }),
        }
    }

    /// The sentence with its link, seen from the page and from the mail.
    pub fn link(&self, sentence: Sentence) -> Link {
        let target = safe_target(&sentence.target);
        let mail_target = match (&target, &self.page_url) {
            (Some(target), Some(page)) if target.starts_with('#') => {
                Some(format!("{page}{target}"))
            }
            (Some(target), _) if target.starts_with("http") => Some(target.clone()),
            _ => None,
        };
        Link {
            before: sentence.before,
            linked: sentence.linked,
            after: sentence.after,
            target,
            mail_target,
        }
    }

    pub fn question(&self, label: &'static str, answers: Vec<Sentence>) -> Question {
        Question {
            label,
            answers: answers.into_iter().map(|s| self.link(s)).collect(),
        }
    }
}

impl Link {
    pub fn text(&self) -> String {
        format!("{}{}{}", self.before, self.linked, self.after)
    }
}

/// Places in the page and web addresses only; anything else is no link.
pub fn safe_target(target: &str) -> Option<String> {
    ["#", "/", "https://", "http://"]
        .iter()
        .any(|start| target.len() > start.len() && target.starts_with(start))
        .then(|| target.to_owned())
}

fn provenance(header: &Header) -> Vec<String> {
    let mut lines = vec![format!("As of {}.", format::date(header.as_of))];
    if let Some(data_to) = header.data_to {
        lines.push(format!(
            "Newest extract cut at {} London time.",
            format::date_time(data_to)
        ));
    }
    if let Some(run) = &header.run_id {
        lines.push(format!("Run {run}."));
    }
    lines.push(format!("Made by daybook {}.", header.version));
    lines
}

fn is_plain(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '-' || letter == ' '
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::view::sample;

    #[test]
    fn only_places_and_web_addresses_become_links() {
        assert_eq!(safe_target("javascript:alert(1)"), None);
        assert_eq!(safe_target("#"), None);
        assert_eq!(safe_target("#list"), Some("#list".to_owned()));
        assert_eq!(safe_target("/list/13"), Some("/list/13".to_owned()));
    }

    #[test]
    fn a_link_within_the_page_leads_from_the_mail_to_the_page() {
        let furniture = PageHeader::new("Morning briefing", &sample::header());
        let link = furniture.link(Sentence::new("6 people", " joined.", "#list"));
        let expected = "https://daybook.example/reports/2026-11-21#list";
        assert_eq!(link.mail_target.as_deref(), Some(expected));
        assert_eq!(link.text(), "6 people joined.");
    }

    #[test]
    fn the_marking_in_the_margin_cannot_leave_its_css_string() {
        let mut header = sample::header();
        header.marking = "SECRET\"} body{display:none}".to_owned();
        let furniture = PageHeader::new("x", &header);
        assert_eq!(furniture.marking_for_margin, "SECRET bodydisplaynone");
    }
}
