// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Loquat

/// A figure: what it is now, and how it went.
Rectangle {
    id: card

    required property string kind
    required property string peak
    required property list<real> points
    required property string title
    required property string value

    border.color: Theme.line
    color: Theme.panel
    implicitHeight: column.implicitHeight + 28
    radius: Theme.radius

    ColumnLayout {
        id: column

        anchors.left: parent.left
        anchors.margins: 14
        anchors.right: parent.right
        anchors.top: parent.top
        spacing: 10

        RowLayout {
            Layout.fillWidth: true

            Figure {
                Layout.fillWidth: true
                label: card.title
                value: card.value
            }

            BodyText {
                Layout.alignment: Qt.AlignTop
                dimmed: true
                font.pixelSize: Theme.label
                text: card.peak
            }
        }

        LineChart {
            Accessible.name: card.title + ": " + card.value + (card.peak.length > 0 ? ", " + card.peak : "")
            Accessible.role: Accessible.Chart
            Layout.fillWidth: true
            filled: true
            implicitHeight: 84
            tone: Theme.ofKind(card.kind)
            values: card.points

            Rectangle {
                anchors.bottom: parent.bottom
                color: Theme.line
                height: 1
                width: parent.width
            }
        }
    }
}
