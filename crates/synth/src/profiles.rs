//! The kinds of career that lead to the highest-harm list: how many a year
//! begin, whom they harm, what they are accused of.

use super::people::Ages;

type Parts<T> = &'static [(T, u32)];

/// What most victims are to the suspect.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tie {
    Partner,
    Family,
    Known,
    Stranger,
}

pub(super) struct Profile {
    /// At 36,000 suspects.
    pub(super) per_year: usize,
    pub(super) tie: Tie,
    pub(super) ages: Ages,
    pub(super) victims: Parts<usize>,
    /// So many victims, at least, have a main allegation each.
    pub(super) main_victims: usize,
    pub(super) main: Parts<&'static str>,
    pub(super) mains: Parts<usize>,
    pub(super) extra: Parts<&'static str>,
    pub(super) extras: Parts<usize>,
}

pub(super) const PROFILES: [Profile; 8] = [
    // Rape of a partner, with other abuse.
    Profile {
        per_year: 39,
        tie: Tie::Partner,
        ages: Ages::Adult,
        victims: &[(1, 72), (2, 22), (3, 6)],
        main_victims: 2,
        main: &[("019/08", 92), ("019/12", 3), ("020/03", 5)],
        mains: &[(2, 71), (3, 24), (4, 4), (5, 1)],
        extra: &[
            ("008/77", 24),
            ("008/06", 19),
            ("008/67", 15),
            ("105/01", 13),
            ("003/01", 9),
            ("195/94", 7),
            ("008/66", 5),
            ("066/39", 4),
            ("088/15", 4),
        ],
        extras: &[(1, 42), (2, 36), (3, 17), (4, 5)],
    },
    // Rape of women met casually.
    Profile {
        per_year: 26,
        tie: Tie::Stranger,
        ages: Ages::Adult,
        victims: &[(1, 15), (2, 50), (3, 27), (4, 8)],
        main_victims: 4,
        main: &[("019/08", 80), ("019/12", 10), ("020/03", 10)],
        mains: &[(2, 68), (3, 25), (4, 7)],
        extra: &[
            ("020/05", 40),
            ("008/77", 18),
            ("105/01", 14),
            ("195/12", 12),
            ("088/05", 8),
            ("195/41", 8),
        ],
        extras: &[(1, 80), (2, 20)],
    },
    // Abuse of girls in the family.
    Profile {
        per_year: 6,
        tie: Tie::Family,
        ages: Ages::Infant,
        victims: &[(1, 60), (2, 32), (3, 8)],
        main_victims: 3,
        main: &[("019/16", 62), ("021/06", 14), ("020/04", 24)],
        mains: &[(2, 65), (3, 28), (4, 7)],
        extra: &[("020/06", 80), ("011/03", 20)],
        extras: &[(0, 30), (1, 45), (2, 25)],
    },
    // Abuse of girls outside it.
    Profile {
        per_year: 6,
        tie: Tie::Known,
        ages: Ages::Child,
        victims: &[(1, 35), (2, 45), (3, 20)],
        main_victims: 3,
        main: &[("019/07", 85), ("022/06", 15)],
        mains: &[(2, 55), (3, 35), (4, 10)],
        extra: &[
            ("022/18", 35),
            ("071/17", 40),
            ("088/01", 10),
            ("088/15", 15),
        ],
        extras: &[(1, 60), (2, 40)],
    },
    // Murder of a woman, at times after earlier reports.
    Profile {
        per_year: 9,
        tie: Tie::Partner,
        ages: Ages::Adult,
        victims: &[(1, 1)],
        main_victims: 1,
        main: &[("001/01", 1)],
        mains: &[(1, 1)],
        extra: &[
            ("008/06", 30),
            ("105/01", 30),
            ("003/01", 20),
            ("195/94", 20),
        ],
        extras: &[(0, 50), (1, 25), (2, 25)],
    },
    // Attempted murder with serious violence before or beside it.
    Profile {
        per_year: 8,
        tie: Tie::Partner,
        ages: Ages::Adult,
        victims: &[(1, 85), (2, 15)],
        main_victims: 1,
        main: &[("002/00", 1)],
        mains: &[(1, 1)],
        extra: &[
            ("005/01", 25),
            ("008/77", 30),
            ("003/01", 20),
            ("008/06", 25),
        ],
        extras: &[(1, 35), (2, 40), (3, 25)],
    },
    // Grave violence, detention and threats without a sexual offence.
    Profile {
        per_year: 39,
        tie: Tie::Partner,
        ages: Ages::Adult,
        victims: &[(1, 62), (2, 28), (3, 10)],
        main_victims: 3,
        main: &[("005/01", 52), ("036/03", 34), ("036/01", 14)],
        mains: &[(2, 20), (3, 60), (4, 17), (5, 3)],
        extra: &[
            ("008/77", 28),
            ("003/01", 18),
            ("008/67", 13),
            ("008/06", 13),
            ("008/66", 9),
            ("105/01", 8),
            ("195/94", 6),
            ("008/01", 5),
        ],
        extras: &[(1, 34), (2, 36), (3, 22), (4, 8)],
    },
    // Sexual assaults on several women.
    Profile {
        per_year: 8,
        tie: Tie::Stranger,
        ages: Ages::Adult,
        victims: &[(4, 40), (5, 35), (6, 25)],
        main_victims: 6,
        main: &[("020/03", 82), ("088/05", 10), ("019/12", 8)],
        mains: &[(5, 60), (6, 40)],
        extra: &[("020/05", 80), ("088/09", 20)],
        extras: &[(0, 40), (1, 35), (2, 25)],
    },
];

/// Fifteen victims in a few weeks of reports.
pub(super) const SERIAL: Profile = Profile {
    per_year: 2,
    tie: Tie::Stranger,
    ages: Ages::Adult,
    victims: &[(15, 1)],
    main_victims: 15,
    main: &[
        ("020/05", 52),
        ("020/03", 24),
        ("019/08", 9),
        ("088/05", 9),
        ("019/12", 6),
    ],
    mains: &[(15, 1)],
    extra: &[("020/05", 1)],
    extras: &[(0, 1)],
};
