// SPDX-License-Identifier: GPL-3.0-or-later
pragma Singleton

import QtQuick

/// Colours, sizes and times of the console. Main sets `dark` and `reducedMotion`; everything else follows.
QtObject {
    property bool dark: true
    property bool reducedMotion: false

    readonly property color bg: dark ? "#0e1116" : "#f4f5f7"
    readonly property color panel: dark ? "#151a21" : "#ffffff"
    readonly property color raised: dark ? "#1b222b" : "#f0f2f5"
    readonly property color line: dark ? "#262f3a" : "#dde2e8"
    readonly property color edge: dark ? "#3a4654" : "#b9c2cc"
    readonly property color text: dark ? "#e6ebf2" : "#19202a"
    readonly property color dim: dark ? "#93a0b0" : "#566273"

    // The tones of visual.md; in the light theme darkened where they are text, for contrast on every surface.
    readonly property color accent: dark ? "#f2a33c" : "#c46f00"
    readonly property color accentFill: dark ? "#f2a33c" : "#a55c00"
    readonly property color accentText: dark ? "#f2a33c" : "#945300"
    readonly property color onFill: dark ? "#171006" : "#ffffff"
    readonly property color ok: dark ? "#4cc38a" : "#11754d"
    readonly property color warn: dark ? "#f5c451" : "#855b00"
    readonly property color bad: dark ? "#ef6a6a" : "#b93636"
    readonly property color info: dark ? "#5aa9f5" : "#1a66b5"
    readonly property color human: dark ? "#b58cf4" : "#7341c2"

    readonly property string sans: "Inter"
    readonly property string mono: "JetBrains Mono"
    readonly property int body: 13
    readonly property int title: 16
    readonly property int label: 11
    readonly property int code: 12

    readonly property int radius: 8
    readonly property int motion: reducedMotion ? 0 : 140

    readonly property int railWidth: 60
    readonly property int listWidth: 320
    readonly property int inspectorWidth: 312
    readonly property int measure: 760
    readonly property int inspectorFolds: 1100
    readonly property int listFolds: 800

    /// Qt's rich text knows little CSS; this is all of it that replies need.
    readonly property string richTextStyle: "<style>"
        + "p{margin-top:0;margin-bottom:0}"
        + "a{color:" + info + "}"
        + "strong,th{font-weight:600}" // the heaviest cut there is: beyond it Qt smears letters
        + "ul,ol{margin-top:2px;margin-bottom:2px;margin-left:-18px}"
        + "li{margin-bottom:3px}"
        + "code{font-family:'JetBrains Mono';font-size:12px;background-color:" + (dark ? raised : line) + "}"
        + ".h1{font-size:18px;font-weight:600;margin-top:4px;margin-bottom:2px}"
        + ".h2{font-size:16px;font-weight:600;margin-top:4px;margin-bottom:2px}"
        + ".h3,.h4,.h5,.h6{font-size:14px;font-weight:600;margin-top:4px;margin-bottom:2px}"
        + "blockquote{margin-left:12px;margin-top:0;margin-bottom:0;color:" + dim + "}"
        + "table{border-collapse:collapse;border-color:" + line + "}"
        + "th,td{padding-left:8px;padding-right:8px}"
        + "</style>"

    function ofKind(kind: string): color {
        switch (kind) {
        case "accent":
            return accent;
        case "ok":
            return ok;
        case "warn":
            return warn;
        case "bad":
            return bad;
        case "info":
            return info;
        case "human":
            return human;
        default:
            return dim;
        }
    }
}
