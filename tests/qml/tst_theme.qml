// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Loquat

/// Protects readability: every text colour on every surface, in both themes, has a contrast of at least 4.5.
TestCase {
    function luminance(c) {
        const linear = v => v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4);
        return 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b);
    }
    function contrast(a, b) {
        const [hi, lo] = [luminance(a), luminance(b)].sort((x, y) => y - x);
        return (hi + 0.05) / (lo + 0.05);
    }

    function test_contrast_data() {
        return [{ tag: "dark", dark: true }, { tag: "light", dark: false }];
    }
    function test_contrast(data) {
        Theme.dark = data.dark;
        for (const surface of ["bg", "panel", "raised"])
            for (const text of ["text", "dim", "accentText", "ok", "warn", "bad", "info", "human"])
                verify(contrast(Theme[text], Theme[surface]) >= 4.5, text + " on " + surface + ": " + contrast(Theme[text], Theme[surface]).toFixed(2));
        for (const fill of ["accentFill", "warn", "bad", "info", "human"])
            verify(contrast(Theme.onFill, Theme[fill]) >= 4.5, "text on " + fill + ": " + contrast(Theme.onFill, Theme[fill]).toFixed(2));
    }
    function test_reducedMotionMeansNone() {
        Theme.reducedMotion = true;
        compare(Theme.motion, 0);
        Theme.reducedMotion = false;
        verify(Theme.motion >= 120 && Theme.motion <= 160);
    }
    function test_theShippedFontsAreThere() {
        const families = Qt.fontFamilies();
        verify(families.includes(Theme.sans));
        verify(families.includes(Theme.mono));
    }

    name: "Theme"
}
