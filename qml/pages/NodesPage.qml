// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Loquat
import Loquat.Models

/// The nodes on one database.
Item {
    id: page

    required property NodesModel nodes

    ColumnLayout {
        anchors.bottomMargin: 20
        anchors.fill: parent
        anchors.leftMargin: 32
        anchors.rightMargin: 32
        anchors.topMargin: 28
        spacing: 14

        RowLayout {
            spacing: 9

            BodyText {
                Accessible.name: text
                Accessible.role: Accessible.Heading
                font.pixelSize: Theme.title
                font.weight: Font.DemiBold
                text: qsTr("Nodes")
            }

            BodyText {
                Layout.fillWidth: true
                color: Theme.ofKind(page.nodes.summaryKind)
                text: page.nodes.summary
            }
        }

        SelectableText {
            Layout.fillWidth: true
            Layout.maximumWidth: Theme.measure
            color: Theme.dim
            text: qsTr("They share one database. Each leads its own sessions; all are seen and commanded from here, over the operators' line to the node that leads them.")
        }

        NoticeStrip {
            Layout.fillWidth: true
            Layout.maximumWidth: 960
            text: page.nodes.trouble
        }

        ListView {
            id: list

            Accessible.name: qsTr("Nodes on this database")
            Accessible.role: Accessible.List
            Layout.fillHeight: true
            Layout.fillWidth: true
            Layout.maximumWidth: 960
            ScrollBar.vertical: ScrollBar {}
            activeFocusOnTab: true
            boundsBehavior: Flickable.StopAtBounds
            clip: true
            model: page.nodes
            spacing: 10

            delegate: NodeRow { width: ListView.view.width }

            EmptyState {
                anchors.horizontalCenter: parent.horizontalCenter
                explanation: qsTr("Start others with the same SUPABASE_DB_URL and a LOQUAT_NODE_URL of their own.")
                title: qsTr("No other node is known")
                visible: list.count === 0
                width: Math.min(440, parent.width - 40)
                y: 40
            }
        }
    }
}
