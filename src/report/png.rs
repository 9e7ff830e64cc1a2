//! Charts as PNG pictures for mail. Text is drawn with the bundled `DejaVu`
//! fonts and nothing from the machine, so every host makes the same bytes.

use std::sync::{Arc, LazyLock};

use anyhow::{Context, Result, ensure};
use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

const FAMILY: &str = "DejaVu Sans";

static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(dejavu::sans::regular().to_vec());
    fonts.load_font_data(dejavu::sans::bold().to_vec());
    fonts.set_sans_serif_family(FAMILY);
    Arc::new(fonts)
});

/// The drawing on white, `scale` pixels to its unit.
pub fn render(svg: &str, scale: f32) -> Result<Vec<u8>> {
    draw(svg, scale)?
        .encode_png()
        .context("the picture could not be encoded as PNG")
}

/// Proves at start that text really is drawn: without a font it vanishes in
/// silence.
pub fn self_test() -> Result<()> {
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"40\" \
               font-family=\"DejaVu Sans\"><text x=\"4\" y=\"32\" font-size=\"32\">M</text></svg>";
    let picture = draw(svg, 1.0)?;
    let dark = picture.pixels().iter().filter(|p| p.red() < 64).count();
    ensure!(
        dark > 50,
        "charts for mail would have no text: the bundled font draws nothing"
    );
    Ok(())
}

fn draw(svg: &str, scale: f32) -> Result<Pixmap> {
    let options = Options {
        font_family: FAMILY.to_owned(),
        fontdb: Arc::clone(&FONTS),
        ..Options::default()
    };
    let tree = Tree::from_str(svg, &options).context("the chart is not valid SVG")?;
    let size = tree
        .size()
        .to_int_size()
        .scale_by(scale)
        .context("the chart has no size at this scale")?;
    let mut picture =
        Pixmap::new(size.width(), size.height()).context("the picture has no size")?;
    picture.fill(Color::WHITE);
    resvg::render(
        &tree,
        Transform::from_scale(scale, scale),
        &mut picture.as_mut(),
    );
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::chart::svg::{Anchor, Ink, Svg};
    use crate::report::chart::{Size, Words};

    fn chart(text: &str) -> String {
        let words = Words {
            id: "x",
            title: "t",
            description: "d",
        };
        let mut svg = Svg::picture(Size::HALF, words);
        svg.text((20.0, 60.0), Anchor::Start, Ink::AXIS, text);
        svg.finish()
    }

    #[test]
    fn text_is_drawn() {
        self_test().expect("the bundled font draws");
        let empty = render(&chart(""), 1.0).expect("a picture");
        let written = render(&chart("mean 7.1%"), 1.0).expect("a picture");
        assert_ne!(empty, written);
    }

    #[test]
    fn the_same_chart_is_the_same_bytes() {
        let once = render(&chart("a"), 2.0).expect("a picture");
        assert_eq!(once, render(&chart("a"), 2.0).expect("a picture"));
        assert!(once.starts_with(b"\x89PNG"));
    }

    #[test]
    fn what_is_not_svg_is_an_error() {
        assert!(render("<p>no</p>", 1.0).is_err());
    }
}
