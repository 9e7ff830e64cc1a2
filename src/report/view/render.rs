//! From a view to bytes. A page model turns figures into words, tables and
//! charts once; the templates of page, mail and text only place them.

pub mod bridge_section;
pub mod briefing;
pub mod context_sections;
pub mod figure;
pub mod list_section;
pub mod mail;
pub mod measure_figure;
pub mod measure_rows;
pub mod measure_sections;
pub mod night_section;
pub mod operations;
pub mod operations_tables;
pub mod pack;
pub mod pack_sections;
pub mod page_header;
pub mod public_release;
pub mod scorecard;
pub mod scorecard_card;

use anyhow::{Context, Result};
use askama::Template;

use super::commitment_scorecard::CommitmentScorecard;
use super::harm_list_pack::HarmListPack;
use super::morning_briefing::MorningBriefing;
use super::operations_report::OperationsReport;
use briefing::BriefingPage;
use figure::{Figure, InlineImage};
use operations::OperationsPage;
use pack::{PackPage, PackSummary};
use scorecard::ScorecardPage;

/// A report as a whole page and as a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    pub html: String,
    pub mail: RenderedMail,
}

/// Text and HTML say the same; each stands alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedMail {
    /// One line, the marking first.
    pub subject: String,
    pub text: String,
    pub html: String,
    pub images: Vec<InlineImage>,
}

#[derive(Template)]
#[template(path = "reports/morning-briefing.html")]
struct BriefingHtml<'a> {
    page: &'a BriefingPage,
}

#[derive(Template)]
#[template(path = "mail/morning-briefing/body.html")]
struct BriefingMailHtml<'a> {
    page: &'a BriefingPage,
    images: &'a [InlineImage],
}

#[derive(Template)]
#[template(path = "mail/morning-briefing/body.txt")]
struct BriefingMailText<'a> {
    page: &'a BriefingPage,
}

#[derive(Template)]
#[template(path = "mail/morning-briefing/subject.txt")]
struct BriefingSubject<'a> {
    page: &'a BriefingPage,
}

#[derive(Template)]
#[template(path = "reports/harm-list-pack.html")]
struct PackHtml<'a> {
    page: &'a PackPage,
}

#[derive(Template)]
#[template(path = "mail/harm-list-pack/body.html")]
struct PackMailHtml<'a> {
    page: &'a PackSummary,
}

#[derive(Template)]
#[template(path = "mail/harm-list-pack/body.txt")]
struct PackMailText<'a> {
    page: &'a PackSummary,
}

#[derive(Template)]
#[template(path = "mail/harm-list-pack/subject.txt")]
struct PackSubject<'a> {
    page: &'a PackSummary,
}

#[derive(Template)]
#[template(path = "reports/operations-report.html")]
struct OperationsHtml<'a> {
    page: &'a OperationsPage,
}

#[derive(Template)]
#[template(path = "mail/operations-report/body.html")]
struct OperationsMailHtml<'a> {
    page: &'a OperationsPage,
}

#[derive(Template)]
#[template(path = "mail/operations-report/body.txt")]
struct OperationsMailText<'a> {
    page: &'a OperationsPage,
}

#[derive(Template)]
#[template(path = "mail/operations-report/subject.txt")]
struct OperationsSubject<'a> {
    page: &'a OperationsPage,
}

#[derive(Template)]
#[template(path = "reports/commitment-scorecard.html")]
struct ScorecardHtml<'a> {
    page: &'a ScorecardPage,
}

#[derive(Template)]
#[template(path = "mail/commitment-scorecard/body.html")]
struct ScorecardMailHtml<'a> {
    page: &'a ScorecardPage,
}

#[derive(Template)]
#[template(path = "mail/commitment-scorecard/body.txt")]
struct ScorecardMailText<'a> {
    page: &'a ScorecardPage,
}

#[derive(Template)]
#[template(path = "mail/commitment-scorecard/subject.txt")]
struct ScorecardSubject<'a> {
    page: &'a ScorecardPage,
}

impl BriefingMailHtml<'_> {
    /// The picture of a figure, when the mail carries it.
    fn image(&self, figure: &str) -> Option<&InlineImage> {
        self.images
            .iter()
            .find(|image| image.cid.strip_suffix("@daybook") == Some(figure))
    }
}

/// The morning briefing as page and mail.
pub fn render_morning_briefing(view: &MorningBriefing) -> Result<Rendered> {
    let page = BriefingPage::new(view);
    let images = page
        .mail_figures()
        .into_iter()
        .map(Figure::picture)
        .collect::<Result<Vec<_>>>()?;
    let html = fill(&BriefingHtml { page: &page })?;
    let mail_html = fill(&BriefingMailHtml {
        page: &page,
        images: &images,
    })?;
    Ok(Rendered {
        html,
        mail: RenderedMail {
            subject: mail::subject(&fill(&BriefingSubject { page: &page })?),
            text: mail::text(&fill(&BriefingMailText { page: &page })?),
            html: mail::html(&mail_html)?,
            images,
        },
    })
}

/// The harm list pack as page and mail. The mail is made from the summary,
/// which holds no person.
pub fn render_harm_list_pack(view: &HarmListPack) -> Result<Rendered> {
    let page = PackPage::new(view);
    let summary = &page.summary;
    Ok(Rendered {
        html: fill(&PackHtml { page: &page })?,
        mail: RenderedMail {
            subject: mail::subject(&fill(&PackSubject { page: summary })?),
            text: mail::text(&fill(&PackMailText { page: summary })?),
            html: mail::html(&fill(&PackMailHtml { page: summary })?)?,
            images: Vec::new(),
        },
    })
}

/// The operations report as page and mail; neither holds anything of a person.
pub fn render_operations_report(view: &OperationsReport) -> Result<Rendered> {
    let page = &OperationsPage::new(view);
    Ok(Rendered {
        html: fill(&OperationsHtml { page })?,
        mail: RenderedMail {
            subject: mail::subject(&fill(&OperationsSubject { page })?),
            text: mail::text(&fill(&OperationsMailText { page })?),
            html: mail::html(&fill(&OperationsMailHtml { page })?)?,
            images: Vec::new(),
        },
    })
}

/// The commitment scorecard as page and mail. The mail has a sentence for each
/// measure and no picture.
pub fn render_commitment_scorecard(view: &CommitmentScorecard) -> Result<Rendered> {
    let page = &ScorecardPage::new(view);
    Ok(Rendered {
        html: fill(&ScorecardHtml { page })?,
        mail: RenderedMail {
            subject: mail::subject(&fill(&ScorecardSubject { page })?),
            text: mail::text(&fill(&ScorecardMailText { page })?),
            html: mail::html(&fill(&ScorecardMailHtml { page })?)?,
            images: Vec::new(),
        },
    })
}

fn fill(template: &impl Template) -> Result<String> {
    template.render().context("a report's template failed")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// Unescaped output is for drawings made by `report::chart` alone.
    #[test]
    fn only_drawings_are_placed_without_escaping() {
        let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        let mut files = Vec::new();
        for folder in [
            "reports",
            "mail",
            "mail/morning-briefing",
            "mail/commitment-scorecard",
            "mail/harm-list-pack",
            "mail/operations-report",
        ] {
            let entries = std::fs::read_dir(templates.join(folder)).expect("a folder");
            files.extend(entries.map(|entry| entry.expect("an entry").path()));
        }
        for file in files.iter().filter(|file| file.is_file()) {
            let text = std::fs::read_to_string(file).expect("a template");
            let expected = if file.ends_with("reports/parts.html") {
                4
            } else {
                0
            };
            assert_eq!(text.matches("safe").count(), expected, "{}", file.display());
        }
    }
}
