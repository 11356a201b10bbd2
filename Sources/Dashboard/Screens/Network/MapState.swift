import Datasets
import NeuralNetwork
import Training

/// A network whose map is wanted.
public struct MapRequest: Sendable, Equatable {
    /// The run and the step that the network is of.
    let run: Int, step: Int
    let network: Network
    let set: ImageSet
    /// What is known of the images from a map before; nil for the first.
    let images: MappedImages?

    /// Places the images, which takes longer than a frame.
    public func event() -> Event { .map(ImageMap(of: network, images ?? MappedImages(set)), of: self) }
}

/// The last map, and whether another is on its way.
struct MapState: Sendable, Equatable {
    private var last: ImageMap?
    private var run = 0, step = 0
    private var isOnItsWay = false

    mutating func take(_ map: ImageMap, of request: MapRequest) {
        (last, run, step, isOnItsWay) = (map, request.run, request.step, false)
    }

    /// Asks for a map where the one in hand is of another network; one at a time, so that none piles up.
    mutating func request(for snapshot: TrainingSnapshot) -> MapRequest? {
        let shown = map(for: snapshot)
        guard !isOnItsWay, shown == nil || run != snapshot.run || step != snapshot.now.step else { return nil }
        isOnItsWay = true
        return MapRequest(
            run: snapshot.run, step: snapshot.now.step, network: snapshot.now.network, set: snapshot.dataset.test,
            images: shown?.images)
    }

    /// The map of these images, of this network or of one shortly before; nil before there is one.
    func map(for snapshot: TrainingSnapshot) -> ImageMap? {
        last.flatMap { $0.images.set == snapshot.dataset.test ? $0 : nil }
    }
}

extension State {
    /// Asks for the map where it is in view and of another network.
    mutating func askForMap() -> [Action] {
        guard screen == .network, network.view == .map, let snapshot,
            snapshot.now.network.inputs == snapshot.dataset.test.pixelsPerImage, snapshot.dataset.test.count > 0,
            let request = network.map.request(for: snapshot)
        else { return [] }
        return [.map(request)]
    }
}
