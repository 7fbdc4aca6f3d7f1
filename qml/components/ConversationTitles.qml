// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Loquat

/// Whose conversation it is, in two lines that take what room there is.
Column {
    id: titles

    required property string sessionId
    property color stateColor: Theme.dim
    required property string stateWord
    required property string subtitle
    required property string title

    spacing: 1

    Item {
        height: name.height
        width: titles.width

        BodyText {
            id: name

            Accessible.name: text
            Accessible.role: Accessible.Heading
            font.pixelSize: Theme.title
            font.weight: Font.DemiBold
            text: titles.title
            width: Math.min(implicitWidth, 260, Math.max(parent.width / 2, parent.width - word.implicitWidth - 8))
        }

        BodyText {
            id: word

            anchors.left: name.right
            anchors.leftMargin: 8
            anchors.right: parent.right
            anchors.verticalCenter: parent.verticalCenter
            color: titles.stateColor
            font.pixelSize: Theme.label
            text: titles.stateWord
        }
    }

    Item {
        height: session.height
        width: titles.width

        // Apart from what changes every second, so that a selection survives to be copied.
        CutText {
            id: session

            color: Theme.dim
            text: titles.sessionId
            width: Math.min(implicitWidth, Math.max(parent.width / 3, parent.width - facts.implicitWidth - 8))
        }

        // The id is cut before the model and the time are: it can be copied whole all the same.
        BodyText {
            id: facts

            anchors.left: session.right
            anchors.leftMargin: 8
            anchors.right: parent.right
            anchors.verticalCenter: parent.verticalCenter
            dimmed: true
            font.pixelSize: 12
            text: "· " + titles.subtitle
            visible: width > 30
        }
    }
}
