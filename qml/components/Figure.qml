// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Loquat

/// One number that matters, and what it is.
Column {
    id: figure

    required property string label
    required property string value

    spacing: 2

    SelectableText {
        Accessible.name: figure.label + ": " + figure.value
        font.pixelSize: 18
        font.weight: Font.DemiBold
        text: figure.value
        width: parent.width
    }

    BodyText {
        dimmed: true
        font.pixelSize: Theme.label
        text: figure.label
        width: parent.width
    }
}
