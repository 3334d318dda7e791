namespace ModelPacker.Report;

/// <summary>Style sheets of the report. They use no characters that markup has to escape.</summary>
public static class Stylesheet
{
    /// <summary>Colours, for light and dark.</summary>
    public const string Colours = """
        :root { color-scheme: light dark; --page: #f6f6f3; --surface: #ffffff; --ink: #15161a; --ink2: #53545a; --muted: #85868c; --line: #e3e3de; --axis: #bdbdb6;
          --ours: #2a6fc9; --track: #e9edf3; --orange: #e0602a; --yellow: #d99500; --violet: #5644b8; --magenta: #d4568f; --aqua: #14966a; --teal: #1391a8; --red: #d63d3c; --inherit: #a9bcd6; }
        @media (prefers-color-scheme: dark) {
          :root { --page: #0f1013; --surface: #191a1e; --ink: #f4f4f2; --ink2: #bfc0c4; --muted: #8b8c92; --line: #2c2d32; --axis: #45464d;
            --ours: #4c95ea; --track: #282c34; --orange: #e5713f; --yellow: #d0a02c; --violet: #9a8dee; --magenta: #dd6d9f; --aqua: #2bab7e; --teal: #35b3c9; --red: #e8696a; --inherit: #4d617e; } }

        """;

    /// <summary>The Pareto plot.</summary>
    public const string Plot = """
        svg.plot { font: 12.5px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, "DejaVu Sans", sans-serif; font-variant-numeric: tabular-nums; }
        .plot text { fill: var(--ink2); }
        .plot .name { fill: var(--ink); font-weight: 600; }
        .plot line { stroke: var(--line); stroke-width: 1; }
        .plot line.axis, .plot line.zero { stroke: var(--axis); }
        .plot line.zero { stroke-dasharray: 2 4; stroke-width: 1.5; }
        .plot polyline { fill: none; stroke: var(--ours); stroke-width: 2.5; stroke-linejoin: round; }
        .plot .search polyline { stroke-width: 1.5; stroke-opacity: 0.45; }
        .plot .search circle { fill: var(--ours); fill-opacity: 0.5; }
        .plot polyline.family { stroke: var(--muted); stroke-width: 1.25; stroke-opacity: 0.55; }
        .plot polyline.plain { stroke-dasharray: 4 4; }
        .plot polyline.smaller-input { stroke: var(--red); }
        .plot polyline.fractional-stride { stroke: var(--yellow); }
        .plot polyline.uniform { stroke: var(--violet); }
        .plot polyline.grid { stroke: var(--magenta); }
        .mark { stroke: var(--surface); stroke-width: 2; paint-order: stroke; fill: var(--muted); }
        .mark.point { fill: var(--ours); }
        .mark.search { fill: var(--ours); fill-opacity: 0.55; }
        .mark.smaller-input { fill: var(--red); }
        .mark.fractional-stride { fill: var(--yellow); }
        .mark.uniform { fill: var(--violet); }
        .mark.grid { fill: var(--magenta); }
        .mark.structure { fill: var(--aqua); }
        .mark.impact { fill: var(--orange); }
        .mark.fisher { fill: var(--teal); }
        .plot .labels text { paint-order: stroke; stroke: var(--surface); stroke-width: 3px; stroke-linejoin: round; font-size: 12.5px; }
        .plot .labels text.point { fill: var(--ink); font-weight: 650; font-size: 14px; }

        """;

    /// <summary>The page.</summary>
    public const string Page = """
        * { box-sizing: border-box; }
        html { background: var(--page); }
        body { margin: 0; color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, "DejaVu Sans", sans-serif; -webkit-font-smoothing: antialiased; }
        main { max-width: 1180px; margin: 0 auto; padding: 40px 28px 72px; }
        header { margin-bottom: 28px; }
        h1 { font-size: 30px; line-height: 1.2; font-weight: 680; letter-spacing: -0.015em; margin: 0 0 6px; overflow-wrap: anywhere; }
        h2 { font-size: 18px; line-height: 1.3; font-weight: 650; letter-spacing: -0.005em; margin: 0 0 4px; }
        p { margin: 0 0 16px; color: var(--ink2); max-width: 88ch; }
        p.sub { color: var(--muted); margin: 0; }
        p.lead { font-size: 17px; color: var(--ink); margin: 14px 0 0; }
        section { background: var(--surface); border: 1px solid var(--line); border-radius: 12px; padding: 24px 26px; margin: 0 0 20px; }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(165px, 1fr)); gap: 14px; margin: 0 0 20px; }
        .tile { background: var(--surface); border: 1px solid var(--line); border-radius: 12px; padding: 16px 18px; min-width: 0; }
        .tile .label { color: var(--ink2); font-size: 13px; font-weight: 600; overflow-wrap: anywhere; }
        .tile .big { font-size: 32px; line-height: 1.2; font-weight: 680; letter-spacing: -0.02em; margin: 2px 0 4px; }
        .tile .big small { font-size: 15px; font-weight: 500; color: var(--ink2); letter-spacing: 0; margin-left: 5px; }
        .tile .note { color: var(--ink2); font-size: 13px; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
        th { text-align: left; font-weight: 600; color: var(--ink2); font-size: 12.5px; padding: 6px 14px 6px 0; border-bottom: 1px solid var(--axis); white-space: nowrap; vertical-align: bottom; }
        td { padding: 7px 14px 7px 0; border-bottom: 1px solid var(--line); vertical-align: middle; white-space: nowrap; }
        tr:last-child td { border-bottom: 0; }
        th.num, td.num { text-align: right; }
        th:last-child, td:last-child { padding-right: 0; }
        td.name { font-weight: 600; max-width: 260px; overflow: hidden; text-overflow: ellipsis; }
        td .delta, th .delta, td .soft, .soft { color: var(--muted); font-weight: 400; }
        td .delta, th .delta { display: inline-block; min-width: 3.6em; margin-left: 7px; text-align: right; font-size: 13px; }
        svg.plot { display: block; width: 100%; height: auto; margin-top: 10px; }
        .legend { display: flex; flex-wrap: wrap; gap: 4px 20px; color: var(--ink2); font-size: 13px; margin: 8px 0 12px; }
        .legend span { display: inline-flex; align-items: center; gap: 7px; }
        .legend svg { width: 16px; height: 16px; flex: none; }
        figcaption .swatch { margin-right: 6px; }
        svg.key { width: 16px; height: 16px; vertical-align: -3px; margin-right: 7px; }
        .swatch { width: 11px; height: 11px; border-radius: 3px; display: inline-block; }
        .bar { display: flex; align-items: center; gap: 8px; min-width: 92px; }
        .track { flex: 1; height: 9px; border-radius: 3px; background: var(--track); overflow: hidden; min-width: 30px; }
        .fill { height: 9px; border-radius: 0 3px 3px 0; background: var(--ours); }
        .bar .delta { min-width: 2em; margin-left: 0; flex: none; }
        .value { width: 3.3em; text-align: right; flex: none; }
        .value.wide { width: 4.4em; }
        .value.none { color: var(--muted); }
        .fill.uniform, .swatch.uniform { background: var(--violet); }
        .fill.grid, .swatch.grid { background: var(--magenta); }
        .fill.structure, .swatch.structure { background: var(--aqua); }
        .fill.impact, .swatch.impact { background: var(--orange); }
        .fill.fisher, .swatch.fisher { background: var(--teal); }
        .fill.other, .swatch.other { background: var(--muted); }
        .fill.inherit, .swatch.inherit { background: var(--inherit); }
        .fill.dim { opacity: 0.45; }
        input.pick { position: absolute; opacity: 0; pointer-events: none; }
        .picks { display: flex; flex-wrap: wrap; gap: 6px; margin: 4px 0 18px; }
        .picks label { cursor: pointer; padding: 4px 13px; border: 1px solid var(--line); border-radius: 999px; font-size: 13.5px; font-weight: 600; color: var(--ink2); }
        .masks { display: none; grid-template-columns: repeat(auto-fill, minmax(200px, 1fr)); gap: 22px 20px; }
        figure { margin: 0; min-width: 0; }
        figure img { display: block; width: 100%; aspect-ratio: 1; object-fit: contain; border-radius: 8px; image-rendering: pixelated; background: #1e222c; }
        figcaption { margin-top: 8px; font-size: 13px; line-height: 1.4; color: var(--ink2); }
        figcaption b { display: block; color: var(--ink); font-weight: 620; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        details { margin-top: 10px; }
        summary { cursor: pointer; color: var(--ink2); font-size: 14px; padding: 6px 0; }
        code { font: 13px ui-monospace, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace; background: var(--track); padding: 1px 5px; border-radius: 4px; }
        footer { color: var(--muted); font-size: 13px; text-align: center; }
        @media (max-width: 860px) { main { padding: 26px 16px 48px; } section { padding: 20px 18px; } h1 { font-size: 25px; } table { font-size: 13px; } th, td { padding-right: 10px; } .tile { padding: 14px; } .tile .big { font-size: 28px; } }

        """;

    /// <summary>Rules that show the masks of the point that is picked.</summary>
    /// <param name="count">Points with masks.</param>
    public static string Picks(int count) => string.Concat(Enumerable.Range(0, count).Select(i =>
        $"#pick{i}:checked ~ #masks{i} {{ display: grid; }}\n"
        + $"#pick{i}:checked ~ .picks label[for=pick{i}] {{ background: var(--ink); border-color: var(--ink); color: var(--surface); }}\n"
        + $"#pick{i}:focus-visible ~ .picks label[for=pick{i}] {{ outline: 2px solid var(--ours); outline-offset: 2px; }}\n"));
}
