// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Loquat

/// A name and its value, in two columns.
Row {
    id: fact

    property string kind: ""
    required property string name
    required property string value
    property bool verbatim: false

    width: parent.width

    BodyText {
        dimmed: true
        text: fact.name
        width: 100
    }

    SelectableText {
        Accessible.name: fact.name + ": " + fact.value
        color: fact.kind.length > 0 ? Theme.ofKind(fact.kind) : Theme.text
        font.family: fact.verbatim ? Theme.mono : Theme.sans
        font.pixelSize: fact.verbatim ? Theme.code : Theme.body
        horizontalAlignment: TextEdit.AlignLeft // in its column, whatever script it is in
        text: fact.value
        width: parent.width - 100
        wrapMode: TextEdit.WrapAtWordBoundaryOrAnywhere
    }
}
