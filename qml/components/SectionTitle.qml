// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Loquat

BodyText {
    Accessible.name: text
    Accessible.role: Accessible.Heading
    dimmed: true
    font.capitalization: Font.AllUppercase
    font.letterSpacing: 0.8
    font.pixelSize: Theme.label
}
