// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Loquat

/// A name and its value, in two columns.
RowLayout {
    id: fact

    required property string name
    required property string value
    property bool verbatim: false

    Layout.bottomMargin: 6
    Layout.fillWidth: true
    spacing: 0

    BodyText {
        Layout.preferredWidth: 100
        dimmed: true
        text: fact.name
    }

    SelectableText {
        Accessible.name: fact.name + ": " + fact.value
        Layout.fillWidth: true
        font.family: fact.verbatim ? Theme.mono : Theme.sans
        font.pixelSize: fact.verbatim ? Theme.code : Theme.body
        text: fact.value
        wrapMode: TextEdit.WrapAtWordBoundaryOrAnywhere
    }
}
