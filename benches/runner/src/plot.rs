//! The plot: cost of a decision against statements, both logarithmic.

use std::path::Path;

use iamlet_workloads::Record;
use plotters::prelude::*;

use crate::columns::{PEERS, TABLE};
use crate::goals::Measured;

const COLOURS: [RGBColor; 4] =
    [RGBColor(200, 40, 40), RGBColor(40, 90, 180), RGBColor(60, 140, 60), RGBColor(140, 90, 160)];

/// Writes the plot.
///
/// # Errors
/// Where it cannot be drawn or written.
pub fn write(record: &Record, path: &Path) -> Result<(), String> {
    draw(record, path).map_err(|error| error.to_string())
}

fn draw(record: &Record, path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let root = SVGBackend::new(path, (800, 500)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .margin(16)
        .caption("One decision: CPU time against statements", ("sans-serif", 18))
        .x_label_area_size(40)
        .y_label_area_size(70)
        .build_cartesian_2d((0.8_f64..200_000.0).log_scale(), (10.0_f64..100_000_000.0).log_scale())?;
    let unit = |time: &f64| match *time {
        time if time < 1e3 => format!("{time:.0} ns"),
        time if time < 1e6 => format!("{:.0} us", time / 1e3),
        time => format!("{:.0} ms", time / 1e6),
    };
    chart
        .configure_mesh()
        .x_desc("statements")
        .x_label_formatter(&|count| format!("{count:.0}"))
        .y_label_formatter(&unit)
        .light_line_style(WHITE)
        .draw()?;
    let m = Measured(record);
    for (engine, colour) in std::iter::once("iamlet").chain(PEERS).zip(COLOURS) {
        // w4 has layers that the others do not have: it is no point of this line.
        let points: Vec<(f64, f64)> = TABLE
            .iter()
            .filter(|(name, _)| *name != "w4")
            .map(|(name, statements)| {
                let row = if engine == "iamlet" { (*name).to_owned() } else { format!("{engine} {name}") };
                (f64::from(*statements), m.time(&row))
            })
            .filter(|(_, time)| !time.is_nan())
            .collect();
        chart
            .draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(2)))?
            .label(engine)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], colour.stroke_width(2)));
        chart.draw_series(points.iter().map(|point| Circle::new(*point, 4, colour.filled())))?;
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE)
        .border_style(RGBColor(180, 180, 180))
        .draw()?;
    root.present()?;
    Ok(())
}
