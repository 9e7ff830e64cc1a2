use super::*;

const WIDTHS: [usize; 4] = [60, 80, 100, 200];

fn on(width: usize) -> Screen {
    Screen {
        width,
        repeats_titles: false,
    }
}

fn widest(text: &str) -> usize {
    text.lines().map(letters::width).max().unwrap_or(0)
}

fn people(reason: &str) -> Table {
    let columns = vec![
        Column::number("rank"),
        Column::code("nominal"),
        Column::figure("score days"),
        Column::date("last report"),
        Column::words("reason"),
    ];
    let row = |rank: u32, days: &str| {
        vec![
            Cell::of(rank),
            Cell::new(format!("N{rank:07}")),
            Cell::new(days),
            Cell::new("2026-11-21"),
            Cell::new(reason),
        ]
    };
    Table::of(
        columns,
        vec![row(9, "12345.25"), row(10, "987"), row(1000, "-0.5")],
    )
}

#[test]
fn decimals_stand_under_one_another_and_thousands_are_grouped() {
    let text = people("because").to_terminal(on(80));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines,
        [
            "────────────────────────────────────────────────",
            "rank  nominal   score days  last report  reason",
            "════════════════════════════════════════════════",
            "   9  N0000009   12,345.25  2026-11-21   because",
            "  10  N0000010      987     2026-11-21   because",
            "1000  N0001000       -0.5   2026-11-21   because",
            "────────────────────────────────────────────────",
        ]
    );
}

#[test]
fn long_words_are_cut_and_figures_dates_and_references_are_not() {
    let table = people(&"because of what was said ".repeat(20));
    for width in WIDTHS {
        let text = table.to_terminal(on(width));
        assert_eq!(widest(&text), width, "{text}");
        assert_eq!(
            text.lines().filter(|line| line.ends_with('…')).count(),
            3,
            "{text}"
        );
        for whole in ["12,345.25", "N0001000", "2026-11-21", "because"] {
            assert!(text.contains(whole), "{whole}: {text}");
        }
    }
}

#[test]
fn no_width_is_passed_whatever_the_cells_hold() {
    let hostile = [
        String::new(),
        "東京都".repeat(40),
        "e\u{301}\u{323}".repeat(90),
        "\u{1b}[2J\u{202e}\u{9b}31m\r\n\tx".repeat(9),
        "\u{5e9}\u{5dc}\u{5d5}\u{5dd} ".repeat(30),
        "🏴🇬🇧👩🏽".repeat(30),
        "9".repeat(300),
        "a".repeat(5_000),
    ];
    let kinds = [
        Kind::Words,
        Kind::Figure,
        Kind::Number,
        Kind::Flag,
        Kind::Date,
        Kind::Code,
    ];
    for width in WIDTHS.into_iter().chain([20, 33, 47]) {
        for kind in kinds {
            let titles = hostile.iter().enumerate();
            let columns = titles.map(|(at, title)| Column::of(format!("{at} {title}"), kind));
            let row = |by: usize| {
                let cells = hostile.iter().cycle().skip(by).take(hostile.len());
                cells.map(Cell::of).collect()
            };
            let table = Table::of(columns.collect(), vec![row(0), row(3), row(6)]);
            let text = table.to_terminal(on(width));
            assert!(widest(&text) <= width, "{width} {kind:?}: {text}");
            let unseen = |c: &char| control_chars::is_unseen(*c) && *c != '\n';
            assert_eq!(text.chars().find(unseen), None, "{width} {kind:?}");
        }
    }
}

#[test]
fn a_letter_keeps_its_marks_where_words_are_cut() {
    let table = Table::of(
        vec![Column::words("name")],
        vec![vec![Cell::new("e\u{301}\u{323}".repeat(300))]],
    );
    for width in WIDTHS {
        let text = table.to_terminal(on(width));
        let line = text.lines().find(|line| line.ends_with('…')).unwrap();
        let marked = "e\u{301}\u{323}".repeat(width - 1);
        assert_eq!(line, format!("{marked}…"));
    }
}

#[test]
fn wide_letters_keep_the_columns_after_them_in_place() {
    let table = Table::of(
        vec![Column::words("name"), Column::code("ref")],
        vec![
            vec![Cell::new("東京"), Cell::new("A")],
            vec![Cell::new("Zoe\u{308}"), Cell::new("B")],
        ],
    );
    let text = table.to_terminal(on(60));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[3..5], ["東京  A", "Zoe\u{308}   B"], "{text}");
}

#[test]
fn columns_without_room_follow_beneath_under_the_first_again() {
    let names: Vec<String> = (0..12).map(|at| format!("figure {at}")).collect();
    let mut columns = vec![Column::number("batch")];
    columns.extend(names.iter().map(|name| Column::figure(name.as_str())));
    let row = |batch: u32| {
        let figures = (0..12).map(|at| Cell::of(1_000_000 + u64::from(batch) + at));
        std::iter::once(Cell::of(batch)).chain(figures).collect()
    };
    let table = Table::of(columns, (1..=30).map(row).collect());
    let text = table.to_terminal(on(60));
    assert!(widest(&text) <= 60, "{text}");
    for batch in 1..=30 {
        for at in 0..12 {
            let figure = format!("1,000,{:03}", batch + at);
            assert!(text.contains(&figure), "{figure}: {text}");
        }
        let begins = format!("{batch:>5}  1,000");
        let lines = text.lines().filter(|line| line.starts_with(&begins));
        assert_eq!(lines.count(), 3, "{text}");
    }
    // Thirteen rows to a page, so that the parts of a row stay close together.
    let titles = text.lines().filter(|line| line.starts_with("batch"));
    assert_eq!(titles.count(), 3 * 3, "{text}");
}

#[test]
fn titles_are_repeated_for_who_scrolls_through_a_long_table() {
    let rows = (0..81).map(|at| vec![Cell::of(at)]).collect();
    let table = Table::of(vec![Column::figure("n")], rows);
    let titles = |repeats_titles| {
        let screen = Screen {
            width: 80,
            repeats_titles,
        };
        let text = table.to_terminal(screen);
        text.lines().filter(|line| *line == " n").count()
    };
    assert_eq!((titles(false), titles(true)), (1, 3));
}

#[test]
fn a_table_of_no_rows_has_its_titles() {
    let table = Table::of(vec![Column::words("a"), Column::figure("b c")], Vec::new());
    assert_eq!(table.to_terminal(on(80)), "──────\na  b c\n══════\n──────");
    assert_eq!(Table::default().to_terminal(on(80)), "");
}

#[test]
fn titles_stand_in_one_line_where_there_is_room_and_in_several_where_there_is_none() {
    let columns = vec![
        Column::words("rank (other rules)"),
        Column::figure("allegations"),
        Column::words("marks"),
    ];
    let rows = vec![vec![
        Cell::new("1 (1 to 3)"),
        Cell::of(5),
        Cell::new("restricted, in custody, alleged when under 18"),
    ]];
    let table = Table::of(columns, rows);
    assert!(
        table
            .to_terminal(on(100))
            .contains("rank (other rules)  allegations  marks")
    );
    let narrow = table.to_terminal(on(31));
    assert_eq!(
        narrow.lines().skip(1).take(4).collect::<Vec<_>>(),
        [
            "rank",
            "(other      allega-",
            "rules)        tions  marks",
            "═══════════════════════════════",
        ]
    );
}
