// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Loquat

/// The pages of the console.
Rectangle {
    id: rail

    property int current: 0
    required property int needsYou
    property bool nodesShown: false
    property int waitingCalls: 0

    color: Theme.panel
    implicitWidth: Theme.railWidth

    ColumnLayout {
        anchors.bottomMargin: 12
        anchors.fill: parent
        anchors.topMargin: 12
        spacing: 6

        Rectangle {
            Layout.alignment: Qt.AlignHCenter
            Layout.bottomMargin: 12
            color: Theme.accentFill
            implicitHeight: 32
            implicitWidth: 32
            radius: Theme.radius

            BodyText {
                Accessible.name: "Loquat"
                anchors.centerIn: parent
                color: Theme.onFill
                font.pixelSize: 14
                font.weight: Font.DemiBold
                text: "L"
            }
        }

        Repeater {
            model: [
                { name: qsTr("Live"), icon: Icons.live, page: 0 },
                { name: qsTr("History"), icon: Icons.history, page: 1 },
                { name: qsTr("Tools"), icon: Icons.tools, page: 2 },
                { name: qsTr("Metrics"), icon: Icons.metrics, page: 3 },
                { name: qsTr("Nodes"), icon: Icons.nodes, page: 5 },
            ]

            NavButton {
                required property var modelData

                Layout.alignment: Qt.AlignHCenter
                badge: modelData.page === 0 ? rail.needsYou : modelData.page === 2 ? rail.waitingCalls : 0
                checked: rail.current === modelData.page
                iconPath: modelData.icon
                text: modelData.name
                visible: modelData.page !== 5 || rail.nodesShown

                onClicked: rail.current = modelData.page
            }
        }

        Item { Layout.fillHeight: true }

        NavButton {
            readonly property int page: 4

            Layout.alignment: Qt.AlignHCenter
            checked: rail.current === page
            iconPath: Icons.settings
            text: qsTr("Settings")

            onClicked: rail.current = page
        }
    }

    Rectangle {
        anchors.bottom: parent.bottom
        anchors.right: parent.right
        anchors.top: parent.top
        color: Theme.line
        width: 1
    }
}
