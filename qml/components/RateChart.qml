// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Loquat

/// Tokens per second over the newest reply, with its peak as the scale.
Item {
    id: chart

    property list<real> values

    Accessible.name: empty.visible ? empty.text : qsTr("Tokens per second, peak %1").arg(peak.text)
    Accessible.role: Accessible.Chart
    implicitHeight: 84

    LineChart {
        anchors.bottomMargin: 1
        anchors.fill: parent
        filled: true
        tone: Theme.accent
        values: chart.values
    }

    Rectangle {
        anchors.bottom: parent.bottom
        color: Theme.line
        height: 1
        width: parent.width
    }

    BodyText {
        id: peak

        anchors.right: parent.right
        dimmed: true
        font.pixelSize: Theme.label
        text: Math.round(Math.max(0, ...chart.values))
        visible: false
    }

    BodyText {
        id: empty

        anchors.verticalCenter: parent.verticalCenter
        dimmed: true
        text: qsTr("Shows the next reply as it is written.")
        visible: chart.values.length < 2
        width: parent.width
        wrapMode: Text.Wrap
    }
}
