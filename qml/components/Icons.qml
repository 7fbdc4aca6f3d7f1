// SPDX-License-Identifier: GPL-3.0-or-later
pragma Singleton

import QtQuick

/// The console's own icons, as SVG paths in a box of 24.
QtObject {
    readonly property string live: "M3 12 L7 12 L10 20 L14 4 L17 12 L21 12"
    readonly property string history: "M12 3 A9 9 0 1 0 12.01 3 M12 7 L12 12 L15.5 14"
    readonly property string tools: "M14.5 6.5 A4 4 0 0 0 9.4 11.6 L3.8 17.2 A2.1 2.1 0 0 0 6.8 20.2 L12.4 14.6 A4 4 0 0 0 17.5 9.5 L15 12 L12.4 11.6 L12 9 Z"
    readonly property string metrics: "M4 20 L20 20 M7 16 L7 11 M12 16 L12 5 M17 16 L17 8"
    readonly property string settings: "M4 7 L12 7 M18 7 L20 7 M15 4 L15 10 M4 17 L6 17 M12 17 L20 17 M9 14 L9 20"
    readonly property string nodes: "M4 5 L20 5 L20 10 L4 10 Z M4 14 L20 14 L20 19 L4 19 Z M7.5 7.5 L8 7.5 M7.5 16.5 L8 16.5"
    readonly property string back: "M15 5 L8 12 L15 19"
    readonly property string down: "M12 5 L12 19 M6 13 L12 19 L18 13"
    readonly property string copy: "M9 9 L20 9 L20 20 L9 20 Z M5 15 L4 15 L4 4 L15 4 L15 5"
    readonly property string refresh: "M20 12 A8 8 0 1 1 17.66 6.34 M18 2 L18 6.7 L13.3 6.7"
    readonly property string check: "M5 13 L10 18 L19 7"
}
