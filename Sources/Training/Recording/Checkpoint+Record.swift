import ModelFiles

/// What a run has been, as tensors of a checkpoint. What is read is nil where no run can have been so.
extension Checkpoint {
    static func tensor(_ epochs: [EpochResult]) -> Tensor {
        Tensor(
            name: epochsName, shape: [epochs.count, 8],
            doubles: epochs.flatMap { epoch in
                [
                    Double(epoch.epoch), Double(epoch.step), epoch.trainLoss, epoch.trainAccuracy, epoch.testLoss,
                    epoch.testAccuracy, epoch.seconds, epoch.samplesPerSecond,
                ]
            })
    }

    /// nil unless they are results of a run of so many steps.
    static func epochs(_ tensor: Tensor?, steps: Int) -> [EpochResult]? {
        guard let tensor, tensor.shape.count == 2, tensor.shape[1] == 8 else { return nil }
        let values = tensor.doubles
        let epochs = stride(from: 0, to: values.count, by: 8).compactMap { start -> EpochResult? in
            guard let epoch = Int(exactly: values[start]), let step = Int(exactly: values[start + 1]),
                (1...max(steps, 1)).contains(epoch), (1...max(steps, 1)).contains(step)
            else { return nil }
            return EpochResult(
                epoch: epoch, step: step, trainLoss: values[start + 2], trainAccuracy: values[start + 3],
                testLoss: values[start + 4], testAccuracy: values[start + 5], seconds: values[start + 6],
                samplesPerSecond: values[start + 7])
        }
        return epochs.count == tensor.shape[0] ? epochs : nil
    }

    static func tensor(_ name: String, _ series: Series) -> Tensor {
        Tensor(
            name: name, shape: [series.buckets.count, 4],
            doubles: series.buckets.flatMap { bucket in
                [Double(bucket.minimum), Double(bucket.maximum), Double(bucket.mean), Double(bucket.count)]
            })
    }

    static func series(_ tensor: Tensor?) -> Series? {
        guard let tensor, tensor.shape.count == 2, tensor.shape[1] == 4 else { return nil }
        let values = tensor.doubles
        let buckets = stride(from: 0, to: values.count, by: 4).compactMap { start in
            Int(exactly: values[start + 3]).map { count in
                Series.Bucket(
                    minimum: Float(values[start]), maximum: Float(values[start + 1]), mean: Float(values[start + 2]),
                    count: count)
            }
        }
        return buckets.count == tensor.shape[0] ? Series(buckets) : nil
    }

    /// - Parameter count: of the numbers of each entry.
    static func tensor(_ name: String, _ course: NumbersCourse, _ count: Int) -> Tensor {
        Tensor(
            name: name, shape: [course.entries.count, 1 + count],
            doubles: course.entries.flatMap { entry in
                [Double(entry.step)] + entry.value.map { $0.map(Double.init) ?? .nan }
            })
    }

    /// An empty course without a tensor, as older files have none.
    static func course(_ tensor: Tensor?, _ count: Int, _ offered: Int?, _ steps: Int) -> NumbersCourse? {
        guard let tensor else { return NumbersCourse() }
        guard tensor.shape.count == 2, tensor.shape[1] == 1 + count, let offered else { return nil }
        let values = tensor.doubles
        let entries = stride(from: 0, to: values.count, by: 1 + count).compactMap {
            start -> (step: Int, value: [Float?])? in
            guard let step = Int(exactly: values[start]), (0...steps).contains(step) else { return nil }
            return (step, values[start + 1..<start + 1 + count].map { $0.isNaN ? nil : Float($0) })
        }
        return entries.count == tensor.shape[0] ? NumbersCourse(entries, offered: offered) : nil
    }
}
