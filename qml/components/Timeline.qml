// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound

import QtQuick
import Loquat
import Loquat.Models

/// What the turn spent its time on.
Column {
    id: chart

    required property TimelineModel timeline

    spacing: 5

    Repeater {
        model: chart.timeline

        Item {
            id: bar

            required property bool failed
            required property string label
            required property real length
            required property real offset
            required property bool person
            required property string time
            required property bool tool

            Accessible.name: bar.person ? qsTr("%1 waits for a person: %2").arg(bar.label).arg(bar.time) : bar.label + ": " + bar.time
            Accessible.role: Accessible.StaticText
            height: 16
            width: chart.width

            BodyText {
                anchors.verticalCenter: parent.verticalCenter
                dimmed: true
                font.pixelSize: Theme.label
                text: bar.label
                width: 90
            }

            Item {
                id: track

                anchors.left: parent.left
                anchors.leftMargin: 96
                anchors.right: parent.right
                anchors.rightMargin: 68
                height: parent.height

                Rectangle {
                    anchors.verticalCenter: parent.verticalCenter
                    color: bar.failed ? Theme.bad : bar.person ? Theme.warn : bar.tool ? Theme.info : Theme.accent
                    height: 9
                    radius: 3
                    width: Math.max(4, bar.length * track.width)
                    x: Math.min(bar.offset * track.width, track.width - width)
                }
            }

            BodyText {
                anchors.right: parent.right
                anchors.verticalCenter: parent.verticalCenter
                dimmed: true
                font.pixelSize: Theme.label
                horizontalAlignment: Text.AlignRight
                text: bar.failed ? qsTr("failed") : bar.time
                width: 64
            }
        }
    }

    BodyText {
        dimmed: true
        text: qsTr("Starts with the next message.")
        visible: chart.timeline.count === 0
    }
}
